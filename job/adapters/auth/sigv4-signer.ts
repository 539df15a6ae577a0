/** Signs requests with AWS credentials: given ones, or those that the SDK's default chain finds. */
import { createHash, createHmac } from "node:crypto";
import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Environment } from "../../config/environment.ts";
import type { ServerSettings } from "../../config/types.ts";
import type { Authenticate } from "./provider.ts";
import { readSecret } from "./read-secret.ts";

type SigV4Settings = NonNullable<ServerSettings["sigv4"]>;
type Provider = ReturnType<typeof fromNodeProviderChain>;
type AwsCredentials = Awaited<ReturnType<Provider>>;

/** Credentials are renewed so long before they end, as in the SDK. */
const REFRESH_BEFORE_MS = 5 * 60_000;

/** SHA-256 in the interface of the SDK's signer: of bytes, or keyed. */
class Sha256 {
  private readonly hash: { update(bytes: Uint8Array): unknown; digest(): Uint8Array };
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    if (secret === undefined) this.hash = createHash("sha256");
    else this.hash = createHmac("sha256", typeof secret === "string" ? secret : bytesOf(secret));
  }
  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.hash.digest());
  }
  reset(): void {}
}

function bytesOf(secret: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (secret instanceof ArrayBuffer) return new Uint8Array(secret);
  return new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength);
}

/**
 * An Authenticate that signs. The credentials come from the settings, the environment, shared files, a web identity (IRSA), Pod Identity or
 * the instance.
 * `now` is the time of the signature; tests give that of AWS's published vectors.
 */
export function signer(settings: SigV4Settings, host: string, env: Environment, now?: () => Date): Authenticate {
  const region = settings.region ?? regionOf(host, env);
  const credentials = untilExpiry(credentialsOf(settings, region));
  const { service } = settings;
  const signature = new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: false });
  return async ({ method, url, headers, body }) => {
    const signed = await signature.sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: queryOf(url),
        headers: { ...headers, host: url.host },
        ...(body === undefined ? {} : { body }),
      },
      now === undefined ? {} : { signingDate: now() },
    );
    const { secretAccessKey, sessionToken } = await credentials();
    const added = Object.entries(signed.headers).filter(([name]) => name !== "host" && headers[name] === undefined);
    return {
      headers: Object.fromEntries(added),
      secrets: [secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])],
    };
  };
}

/** The region by AWS's own variables, else by the server's name: aps-workspaces.eu-central-1.amazonaws.com. */
function regionOf(host: string, env: Environment): string {
  const region =
    env.AWS_REGION || env.AWS_DEFAULT_REGION || /\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com/.exec(host)?.[1];
  if (region) return region;
  throw new Error("no AWS region: set prometheus.sigv4.region, or AWS_REGION");
}

function credentialsOf(
  { accessKey, secretKey, secretKeyFile, profile, roleArn }: SigV4Settings,
  region: string,
): Provider {
  const own: Provider =
    accessKey === undefined
      ? fromNodeProviderChain({ clientConfig: { region }, ...(profile === undefined ? {} : { profile }) })
      : async () => ({
          accessKeyId: accessKey,
          secretAccessKey: secretKey ?? (await readSecret(secretKeyFile!)),
        });
  if (roleArn === undefined) return own;
  const params = { RoleArn: roleArn, RoleSessionName: "prophet-autoscaler" };
  return fromTemporaryCredentials({ masterCredentials: own, params, clientConfig: { region } });
}

/** Keeps credentials until shortly before they end. Those without an end are read each time, since a file may have changed. */
function untilExpiry(provider: Provider): () => Promise<AwsCredentials> {
  let kept: Promise<AwsCredentials> | undefined;
  return async () => {
    const known = await kept?.catch(() => undefined);
    const end = known?.expiration?.getTime();
    if (known !== undefined && end !== undefined && end - Date.now() > REFRESH_BEFORE_MS) return known;
    kept = provider();
    return kept;
  };
}

/** Several values of one name as a list. */
function queryOf(url: URL): Record<string, string | string[]> {
  const names = new Set(url.searchParams.keys());
  return Object.fromEntries([...names].map((name) => [name, url.searchParams.getAll(name)]));
}
