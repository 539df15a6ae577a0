/** The registry of authentication methods. A new one needs its settings, a file and a line here. */

import type { Environment } from "../../config/environment.ts";
import type { ServerSettings } from "../../config/types.ts";
import type { Redactor } from "../../output/redactor.ts";
import { AZURE_AD } from "./azure-ad.ts";
import { BASIC } from "./basic.ts";
import { BEARER } from "./bearer.ts";
import { GOOGLE_IAM } from "./google-iam.ts";
import type { Authenticate, AuthProvider } from "./provider.ts";
import { readSecret } from "./read-secret.ts";
import { SIGV4 } from "./sigv4.ts";

/** All authentication methods. */
export const AUTH_PROVIDERS: readonly AuthProvider[] = [BEARER, BASIC, SIGV4, GOOGLE_IAM, AZURE_AD];

/** The authentication that the settings choose; undefined if they choose none. Calls `learn` with every secret before its use. */
export async function openAuth(
  settings: ServerSettings,
  env: Environment,
  learn: Redactor["learn"],
): Promise<Authenticate | undefined> {
  const chosen = AUTH_PROVIDERS.find(({ fields }) => fields.some((field) => settings[field] !== undefined));
  if (chosen === undefined) return undefined;
  const authenticate = await chosen.open(settings, env);
  return async (request) => {
    for (const name of chosen.tokenFiles ?? []) {
      const file = env[name];
      // who cannot read it says so better than we could
      if (file) learn(await readSecret(file).catch(() => undefined));
    }
    const proof = await authenticate(request);
    learn(...proof.secrets);
    return proof;
  };
}
