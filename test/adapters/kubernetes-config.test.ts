/** Credentials of a kubeconfig's OIDC user: a token that is valid is sent, and of one that has expired it is said what to do. */
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
