/** The bundled job with credentials of a cloud, against fakes: one dry run, what Prometheus saw of it, and what nobody may read. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect } from "vitest";
import { type JobResult, runJob } from "./job-process.ts";
import { type FakeServer, fakeServer, matrix, type ReceivedRequest, type Reply } from "./server.ts";

/** Where the files of these tests stand. */
export const dir = mkdtempSync(join(tmpdir(), "clouds-"));
afterAll(() => rmSync(dir, { recursive: true }));
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

export const ACCESS = "AKIAFAKE0000EXAMPLE";
export const SECRET = "s3cr3t/aws+key0123456789012345678901234";
export const SESSION = "s3ss10n-t0ken-0123456789";
export const TOKEN = "ya29.s3cr3t-access-token";
export const IDENTITY = "id3ntity.t0ken.0f-the-pod";

/** A file of this content; gives its path. */
export function cloudFile(name: string, content: string): string {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
}

/** A server that ends with the test. */
export async function serveCloud(
  reply: (seen: ReceivedRequest) => Reply,
  tls?: Parameters<typeof fakeServer>[1],
): Promise<FakeServer> {
  const server = await fakeServer(reply, tls);
  servers.push(server);
  return server;
}

/** A healthy Prometheus. */
async function prometheus() {
  return serveCloud(({ url, body }) => {
    const at = Math.floor(Date.now() / 1000);
    if (!url.includes("/query_range")) {
      const result = [{ metric: {}, value: [at, "20"] }];
      return { body: JSON.stringify({ status: "success", data: { resultType: "vector", result } }) };
    }
    const [start, end] = ["start", "end"].map((name) => Number(new URLSearchParams(body).get(name))) as [
      number,
      number,
    ];
    return { body: matrix(Array.from({ length: (end - start) / 15 + 1 }, (_, i) => [start + 15 * i, "2.2"])) };
  });
}

/** One dry run with these settings of `prometheus`. */
export async function runInCloud(more: object, env: Readonly<Record<string, string>>) {
  const server = await prometheus();
  const target = {
    namespace: "shop",
    scaleTargetRef: { name: "web" },
    targetCpu: 0.5,
    minReplicas: 1,
    maxReplicas: 20,
  };
  const url = `${server.url}/workspaces/ws-1?tenant=a%20b`;
  const config = cloudFile(
    "config.yaml",
    JSON.stringify({ prometheus: { url, retries: 0, timeout: 20, ...more }, targets: [target] }),
  );
  const ended = await runJob(["--once", "--json", "--dry-run", "--replicas", "3", "--config", config], env);
  return { ended, seen: server.seen };
}

/** It was decided, and no secret was printed. */
export function expectScaled({ code, stdout, stderr }: JobResult): void {
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout).targets[0]).toMatchObject({ from: 3, to: 5 });
  // libraries write nothing of their own: every line is one of the log
  expect(stderr).not.toMatch(/^(?!(DEBUG|INFO |WARN |ERROR|RSS) )./m);
  for (const secret of [SECRET, SESSION, TOKEN, IDENTITY]) expect(stdout + stderr).not.toContain(secret);
}
