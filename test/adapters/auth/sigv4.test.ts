/** AWS Signature Version 4: the published test suite, through the very function that signs our requests. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { signer } from "../../../job/adapters/auth/sigv4-signer.ts";
import { expectedAuthorization } from "../../fault/naive-sigv4.ts";

interface Case {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly token?: string;
  readonly signedHeaders: string;
  readonly signature: string;
}
const file = new URL("../../../fixtures/sigv4/vectors.json", import.meta.url);
const { context, cases } = JSON.parse(readFileSync(file, "utf8")) as {
  context: { accessKey: string; secretKey: string; region: string; service: string; timestamp: string };
  cases: readonly Case[];
};
const { accessKey, secretKey, region, service, timestamp } = context;
const lower = (headers: Case["headers"]) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

afterEach(() => vi.unstubAllEnvs());

describe("the published test suite", () => {
  test.each(cases)("$name", async ({ method, path, headers, body, token, signedHeaders, signature }) => {
    // a session token comes with credentials that are found, never with given ones
    if (token !== undefined) {
      vi.stubEnv("AWS_ACCESS_KEY_ID", accessKey);
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretKey);
      vi.stubEnv("AWS_SESSION_TOKEN", token);
    }
    const given = token === undefined ? { accessKey, secretKey } : {};
    const sign = signer({ region, service, ...given }, "example.amazonaws.com", {}, () => new Date(timestamp));
    const url = new URL(path, "https://example.amazonaws.com");
    const request = { method, url, headers: lower(headers), ...(body === undefined ? {} : { body }) };
    const proof = await sign(request);
    const scope = `${accessKey}/20150830/${region}/${service}/aws4_request`;
    expect(proof.headers).toEqual({
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
      "x-amz-date": "20150830T123600Z",
      ...(token === undefined ? {} : { "x-amz-security-token": token }),
    });
    expect(proof.secrets).toEqual(token === undefined ? [secretKey] : [secretKey, token]);
  });
});

test("any request, body and all: as the documentation computes it, step by step", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "Z", "0", " ", "+", "/", "%", "&", "=", "é", "~", "*", "'") });
  const sign = signer({ region, service: "aps", accessKey, secretKey }, "aps.example", {});
  await fc.assert(
    fc.asyncProperty(text, text, fc.option(text, { nil: undefined }), async (name, value, body) => {
      const url = new URL("https://aps.example:8443/workspaces/ws-1/api/v1/query");
      url.searchParams.append(`n${name}`, value);
      url.searchParams.append(`n${name}`, "again");
      const headers = { "content-type": "application/x-www-form-urlencoded", "x-a": " b  c " };
      const request = { method: "POST", url, headers, ...(body === undefined ? {} : { body }) };
      const proof = await sign(request);
      const seen = {
        method: "POST",
        url: url.pathname + url.search,
        body: body ?? "",
        headers: { ...headers, host: url.host, ...proof.headers },
      };
      expect(proof.headers.authorization).toBe(expectedAuthorization(seen, secretKey));
    }),
  );
});

describe("the region", () => {
  const signed = async (settings: { region?: string }, host: string, env = {}) => {
    const sign = signer({ service, accessKey, secretKey, ...settings }, host, env);
    const { headers } = await sign({ method: "GET", url: new URL(`https://${host}/`), headers: {} });
    return /Credential=[^/]+\/\d+\/([^/]+)/.exec(headers.authorization!)![1];
  };
  const host = "aps-workspaces.eu-central-1.amazonaws.com";
  test("as given, else of the environment, else of the host's name", async () => {
    const env = { AWS_REGION: "us-west-2", AWS_DEFAULT_REGION: "us-west-1" };
    expect(await signed({ region: "ap-south-1" }, host, env)).toBe("ap-south-1");
    expect(await signed({}, host, env)).toBe("us-west-2");
    expect(await signed({}, host, { AWS_DEFAULT_REGION: "us-west-1" })).toBe("us-west-1");
    expect(await signed({}, host)).toBe("eu-central-1");
    expect(await signed({}, "vpce-1.aps-workspaces.us-gov-west-1.amazonaws.com")).toBe("us-gov-west-1");
  });
  test("nowhere: said, with what to set", async () => {
    await expect(signed({}, "prometheus.example")).rejects.toThrow(/no AWS region: set prometheus\.sigv4\.region/);
  });
});
