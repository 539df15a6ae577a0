/** Gets Google tokens by Google's own library: workload identity, the metadata server, or a credentials file. */
import { GoogleAuth } from "google-auth-library";
import type { ServerSettings } from "../../config/types.ts";
import { fileSentence } from "../../output/file-problem.ts";
import { readNamed } from "../bounded-file.ts";
import type { Authenticate } from "./provider.ts";

/** An Authenticate with a bearer token, which is renewed shortly before it ends; also x-goog-user-project where a quota project is set. */
export function googleToken({ scope, credentialsFile }: NonNullable<ServerSettings["googleIam"]>): Authenticate {
  const file = credentialsFile === undefined ? {} : { keyFilename: credentialsFile };
  const auth = new GoogleAuth({ scopes: scope, ...file });
  let readable = credentialsFile === undefined;
  return async ({ url }) => {
    // the library reads it once and whole, however long it is
    if (!readable) await readNamed(credentialsFile!);
    readable = true;
    const found = await auth.getRequestHeaders(url.href).catch((error: unknown) => {
      throw new Error(fileSentence(error, credentialsFile));
    });
    const headers = Object.fromEntries(found);
    return { headers, secrets: [(headers.authorization ?? "").replace(/^Bearer /, "")] };
  };
}
