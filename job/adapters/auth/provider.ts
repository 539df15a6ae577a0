/** The interface of an authentication method: which settings choose it, and what it adds to a request. */

import type { Environment } from "../../config/environment.ts";
import type { ServerSettings } from "../../config/types.ts";

/** A request right before it is sent: a signature covers all of it. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Headers that authenticate the request, and the secrets in them. */
export interface AuthHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Called for each request, so that a rotated token is read again. Rejects with a message that says what is missing, and never contains a secret. */
export type Authenticate = (request: UnsignedRequest) => Promise<AuthHeaders>;

/** An authentication method. */
export interface AuthProvider {
  /** The fields of `prometheus` and `metrics` that choose it. A rule of these groups allows one method at a time. */
  readonly fields: readonly (keyof ServerSettings)[];
  /** Environment variables that name files with a token that is exchanged for credentials: an error may echo it. */
  readonly tokenFiles?: readonly string[];
  /** Prepares it without any call. Libraries are loaded here, so that no other run pays for them. */
  open(settings: ServerSettings, env: Environment): Promise<Authenticate> | Authenticate;
}
