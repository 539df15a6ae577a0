/** Credentials of a kubeconfig: an OIDC token that is valid is sent, and of one that has expired, or of a file that is wrong, it is said what to do. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findApiServer } from "../../job/adapters/kubernetes-config.ts";
import { kubernetesSettings } from "../fault/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "oidc-"));
afterAll(() => rmSync(folder, { recursive: true }));

const REFRESH = "r3fresh-t0ken";

/** A token that expires then, in seconds since the epoch. */
const tokenUntil = (exp: number) =>
  ["{}", JSON.stringify({ exp }), "signature"].map((part) => Buffer.from(part).toString("base64url")).join(".");

async function headersWith(token: string) {
  const config = { "id-token": token, "client-id": "kubernetes", "idp-issuer-url": "https://127.0.0.1:1" };
  const user = { "auth-provider": { name: "oidc", config: { ...config, "refresh-token": REFRESH } } };
  const text = {
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  const file = join(folder, "kubeconfig");
  writeFileSync(file, JSON.stringify(text));
  const server = await findApiServer(kubernetesSettings(file), {}, undefined);
  return (await server.credentials()).headers;
}

test("a valid token is sent", async () => {
  const token = tokenUntil(4_000_000_000);
  expect(await headersWith(token)).toEqual({ Authorization: `Bearer ${token}` });
});

test("one that has expired is not renewed: the error says what does it, and holds no token", async () => {
  const ended = headersWith(tokenUntil(1));
  await expect(ended).rejects.toThrow(/id-token of the kubeconfig has expired.* run kubectl get namespaces/);
  await expect(ended).rejects.not.toThrow(REFRESH);
});

const CONTEXT = { "current-context": "x", contexts: [{ name: "x", context: { cluster: "c", user: "u" } }] };
const cluster = (of: object) => JSON.stringify({ ...CONTEXT, clusters: [{ name: "c", cluster: of }], users: [] });

test.each(["", null])("a proxy-url of %j is none, as in kubectl", async (none) => {
  const file = join(folder, "no-proxy");
  writeFileSync(file, cluster({ server: "https://h", "proxy-url": none }));
  const server = await findApiServer(kubernetesSettings(file), {}, undefined);
  expect(server.url).toBe("https://h");
  expect(await server.credentials()).not.toHaveProperty("agent");
});

test.each([
  ["an empty file", "\n", /find the API server: \S+ is empty$/],
  ["one of comments", "# none\n", /find the API server: \S+ is empty$/],
  ["entries that are none", '{"clusters":[null],"users":[null],"contexts":[null]}', /must be lists of mappings$/],
  ["an address that is none", cluster({ server: "user:p4ssw0rd@host" }), /`server` of its cluster must be a URL that/],
  ["another protocol", cluster({ server: "ftp://u:p4ssw0rd@h" }), /`server` of its cluster must be a URL that/],
  [
    "http",
    cluster({ server: "http://h" }),
    /begins with http:\/\/, which only `insecure-skip-tls-verify: true` allows/,
  ],
  [
    "a proxy that is none",
    cluster({ server: "https://h", "proxy-url": "p4ssw0rd" }),
    /`proxy-url` of its cluster must/,
  ],
])("%s is told, without what may be a secret", async (_, text, words) => {
  const file = join(folder, "wrong");
  writeFileSync(file, text);
  const found = findApiServer(kubernetesSettings(file), {}, undefined);
  await expect(found).rejects.toThrow(words);
  await expect(found).rejects.not.toThrow("p4ssw0rd");
});
