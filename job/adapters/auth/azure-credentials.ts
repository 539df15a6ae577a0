/** Gets Azure tokens by Azure's own library: workload identity in AKS, else the managed identity of the machine. */
import { ManagedIdentityCredential, WorkloadIdentityCredential } from "@azure/identity";
import type { Environment } from "../../config/environment.ts";
import type { ServerSettings } from "../../config/types.ts";
import type { Authenticate } from "./provider.ts";

type AzureSettings = NonNullable<ServerSettings["azureAd"]>;

/** An Authenticate with a bearer token, which is renewed shortly before it ends. */
export function azureToken({ scope, clientId, tenantId }: AzureSettings, env: Environment): Authenticate {
  const client = clientId === undefined ? {} : { clientId };
  // the webhook of AKS sets the variable in pods whose ServiceAccount has an identity
  const credential = env.AZURE_FEDERATED_TOKEN_FILE
    ? new WorkloadIdentityCredential({
        ...client,
        ...(tenantId === undefined ? {} : { tenantId }),
        // it would ask the public cloud about the authority, which the webhook has named already
        disableInstanceDiscovery: true,
      })
    : new ManagedIdentityCredential(client);
  return async () => {
    const { token } = await credential.getToken(scope);
    return { headers: { authorization: `Bearer ${token}` }, secrets: [token] };
  };
}
