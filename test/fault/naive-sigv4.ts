/** Signature Version 4 as its documentation describes it, step by step: what a server does to check a request as it came. */
import { createHash, createHmac } from "node:crypto";
import type { ReceivedRequest } from "./server.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** What a request's Authorization should say, given the secret key; undefined when it is not signed at all. */
export function expectedAuthorization(
  { method, url, headers, body }: Omit<ReceivedRequest, "bytes">,
  secretKey: string,
): string | undefined {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), /.exec(
      headers.authorization ?? "",
    );
  if (parts === null) return undefined;
  const [, accessKey, date, region, service, names] = parts as unknown as string[];
  const [path = "", query = ""] = url.split("?");
  const parameters = [...new URLSearchParams(query)]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort();
  const lines = names!.split(";").map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}\n`);
  const uri = path.split("/").map(escaped).join("/");
  const canonical = [method, uri, parameters.join("&"), lines.join(""), names, sha256(body)].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const key = [date!, region!, service!, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  const signature = hmac(key, toSign).toString("hex");
  return `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}
