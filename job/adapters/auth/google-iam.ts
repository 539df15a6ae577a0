/** Google's application default credentials, for Managed Service for Prometheus. */
import type { AuthProvider } from "./provider.ts";

/** Authenticates with Google's application default credentials. */
export const GOOGLE_IAM: AuthProvider = {
  fields: ["googleIam"],
  open: async ({ googleIam }) => (await import("./google-credentials.ts")).googleToken(googleIam!),
};
