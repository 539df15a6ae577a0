/** What a way to authenticate is: which settings choose it, and what it adds to a request. */
import type { ServerSettings } from "../../config/types.ts";
import type { Environment } from "../http/proxy.ts";

/** A request as it is about to be sent: a signature covers all of it. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Headers that prove who asks, and what of them nobody may read. */
export interface AuthHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Asked for at each request, so that a token that was rotated is read again. Rejects with what is missing; never with a secret. */
export type Authenticate = (request: UnsignedRequest) => Promise<AuthHeaders>;

/** A way to authenticate. */
export interface AuthProvider {
  /** The fields of `prometheus` and `metrics`, of which any chooses it. A rule of these groups allows one way at a time. */
  readonly fields: readonly (keyof ServerSettings)[];
  /** Variables that name files with a token that is exchanged for credentials: a refusal may echo it. */
  readonly tokenFiles?: readonly string[];
  /** Gets ready; asks nobody yet. Libraries are loaded here, so that no other run pays for them. */
  open(settings: ServerSettings, env: Environment): Promise<Authenticate> | Authenticate;
}
