/** User and password; the password from the settings or from a file that is read at each request. */
import type { AuthProvider } from "./provider.ts";
import { readSecret } from "./read-secret.ts";

/** Authenticates with user and password (HTTP Basic). */
export const BASIC: AuthProvider = {
  fields: ["basic"],
  open:
    ({ basic }) =>
    async () => {
      const { username, password, passwordFile } = basic!;
      const secret = password ?? (await readSecret(passwordFile!));
      const pair = Buffer.from(`${username}:${secret}`).toString("base64");
      return { headers: { authorization: `Basic ${pair}` }, secrets: [secret, pair] };
    },
};
