/** Gets Google tokens by Google's own library: workload identity, the metadata server, or a credentials file. */
import { GoogleAuth } from "google-auth-library";
import type { ServerSettings } from "../../config/types.ts";
import type { Authenticate } from "./provider.ts";

/** An Authenticate with a bearer token, which is renewed shortly before it ends; also x-goog-user-project where a quota project is set. */
export function googleToken({ scope, credentialsFile }: NonNullable<ServerSettings["googleIam"]>): Authenticate {
  const file = credentialsFile === undefined ? {} : { keyFilename: credentialsFile };
  const auth = new GoogleAuth({ scopes: scope, ...file });
  return async ({ url }) => {
    const headers = Object.fromEntries(await auth.getRequestHeaders(url.href));
    return { headers, secrets: [(headers.authorization ?? "").replace(/^Bearer /, "")] };
  };
}
