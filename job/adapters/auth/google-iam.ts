/** Google's application default credentials, for Managed Service for Prometheus. */
import type { AuthProvider } from "./provider.ts";

export const GOOGLE_IAM: AuthProvider = {
  fields: ["googleIam"],
  open: async ({ googleIam }) => (await import("./google-credentials.ts")).googleToken(googleIam!),
};
