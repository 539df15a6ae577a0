/** Microsoft Entra (Azure AD), for Azure Monitor's managed Prometheus. */
import type { AuthProvider } from "./provider.ts";

/** Authenticates with a bearer token of Microsoft Entra. */
export const AZURE_AD: AuthProvider = {
  fields: ["azureAd"],
  tokenFiles: ["AZURE_FEDERATED_TOKEN_FILE"],
  open: async ({ azureAd }, env) => (await import("./azure-credentials.ts")).azureToken(azureAd!, env),
};
