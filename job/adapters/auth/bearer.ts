/** A bearer token, from the settings or from a file that is read at each request. */
import type { AuthProvider } from "./provider.ts";
import { readSecret } from "./read-secret.ts";

/** Authenticates with a bearer token. */
export const BEARER: AuthProvider = {
  fields: ["bearerToken", "bearerTokenFile"],
  open: (settings) => async () => {
    const token = settings.bearerToken ?? (await readSecret(settings.bearerTokenFile!));
    return { headers: { authorization: `Bearer ${token}` }, secrets: [token] };
  },
};
