/** Annotations that hold a secret of the job, control characters or far too much: nothing of it reaches the answer, the log or an Event, and the answer is as described. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outputSchema } from "../../scripts/output-schema.ts";
import { cli } from "../fakes/cli.ts";
import { type FakeServer, fakeServer } from "./server.ts";

const SECRET = "s3cr3t-t0ken";
const P = "prophet-autoscaler/";
const annotations: readonly Readonly<Record<string, string>>[] = [
  { [`${P}target-cpu`]: SECRET },
  { [`${P}target-cpu`]: `1\u001b[31m\n\u202e${SECRET}` },
  { [`${P}${SECRET}`]: "1" },
  { [`${P}mode`]: SECRET, [`${P}target-cpu`]: "1" },
  { [`${P}hpa-name`]: `x/${SECRET}`, [`${P}target-cpu`]: "1" },
  { [`${P}target-cpu`]: `${SECRET}${"x".repeat(100_000)}` },
  { [`${P}query`]: `up{token="${SECRET}"}`, [`${P}target-cpu`]: "1" },
];

let dir = "";
let server: FakeServer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "annotations-"));
  const items = annotations.map((own, i) => ({
    metadata: { name: `web-${i}`, namespace: "shop", uid: `uid-${i}`, annotations: own },
    spec: { replicas: 3 },
  }));
  server = await fakeServer(({ method, url, body }) => {
    if (url.startsWith("/apis/apps/v1/namespaces/shop/deployments")) return { body: JSON.stringify({ items }) };
    if (url.includes("/statefulsets")) return { status: 403, body: JSON.stringify({ message: `no ${SECRET}` }) };
    if (method === "POST" && url.includes("/events")) return { status: 201, body };
    if (url.includes("/configmaps/")) return { body: JSON.stringify({ metadata: { resourceVersion: "1" } }) };
    return { status: 404, body: JSON.stringify({ reason: "NotFound", message: "none" }) };
  });
  const kubeconfig = {
    clusters: [{ name: "c", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: SECRET } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await writeFile(join(dir, "kubeconfig"), JSON.stringify(kubeconfig));
  const settings = {
    prometheus: { url: server.url, bearerToken: SECRET, retries: 0 },
    kubernetes: { detectScalers: false, events: true },
    discover: [{ namespaces: ["shop"] }],
  };
  await writeFile(join(dir, "config.yaml"), JSON.stringify(settings));
});
afterAll(async () => {
  await server?.stop();
  await rm(dir, { recursive: true });
});

test("each fails by name, with an Event, and no secret and no control character leaves the job", async () => {
  const line = `--once --json --log-level debug --config ${join(dir, "config.yaml")} --kubeconfig ${join(dir, "kubeconfig")}`;
  const { code, out, err } = await cli(line);
  expect(code, err).toBe(1);
  const answer = JSON.parse(out) as { targets: { name: string; reason: string }[]; discovery: object };
  expect(answer.targets.map(({ name, reason }) => `${name} ${reason}`)).toEqual(
    annotations.map((_, i) => `web-${i} InvalidSettings`),
  );
  expect(answer.discovery).toMatchObject({ found: 7, listed: 0, refused: 7 });
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { "date-time": true } });
  ajv.addSchema(outputSchema() as object, "output");
  expect(ajv.validate({ $ref: "output#/$defs/run" }, answer), ajv.errorsText()).toBe(true);
  const events = server.seen.filter(({ method, url }) => method === "POST" && url.includes("/events"));
  const uids = events.map(({ body }) => (JSON.parse(body) as { involvedObject: { uid?: string } }).involvedObject.uid);
  expect(uids.sort()).toEqual(annotations.map((_, i) => `uid-${i}`));
  const told = [out, err, ...events.map(({ body }) => body)];
  for (const text of told) {
    expect(text).not.toContain(SECRET);
    // what a terminal would obey, also after the JSON is read
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
  for (const { body } of events) {
    const { message } = JSON.parse(body) as { message: string };
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(message.length).toBeLessThanOrEqual(1000);
  }
  // nothing was asked of the metric source for them but its clock
  expect(server.seen.filter(({ url }) => url.includes("query_range"))).toEqual([]);
});
