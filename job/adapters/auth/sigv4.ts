/** AWS Signature Version 4, for Amazon Managed Prometheus. */
import type { AuthProvider } from "./provider.ts";

/** Authenticates with AWS Signature Version 4. */
export const SIGV4: AuthProvider = {
  fields: ["sigv4"],
  tokenFiles: ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
  open: async (settings, env) => {
    const { signer } = await import("./sigv4-signer.ts");
    return signer(settings.sigv4!, new URL(settings.url).hostname, env);
  },
};
