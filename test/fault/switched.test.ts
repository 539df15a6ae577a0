/** An answer of 101, or a connection that ends: neither an answer nor an error to Node. The run says so, and ends by itself with exit code 1. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { built, runJob } from "./job-process.ts";
import { fakeServer, matrix } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "switched-"));
afterAll(() => rmSync(folder, { recursive: true }));
const SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n";

/** A server that says these bytes to whatever it is asked, and ends. */
async function saying(bytes: string) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => void server.close() };
}

async function prometheus() {
  return fakeServer(({ url, body }) => {
    const at = Math.floor(Date.now() / 1000);
    if (url.endsWith("/query"))
      return {
        body: `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[${at},"1"]}]}}`,
      };
    const form = new URLSearchParams(body);
    const [start, end] = [Number(form.get("start")), Number(form.get("end"))];
    return { body: matrix(Array.from({ length: (end - start) / 15 + 1 }, (_, i) => [start + 15 * i, "0.1"])) };
  });
}

const RUN = ["--once", "--dry-run", "--namespace", "shop", "--deployment", "web", "--target-cpu", "50m"];

describe.skipIf(!built)("a server that switches protocols", () => {
  test.each([
    ["101", SWITCHED],
    ["nothing", ""],
  ])("as Prometheus, saying %s", async (_, bytes) => {
    const server = await saying(bytes);
    const { code, stdout, stderr } = await runJob([
      ...RUN,
      "--replicas",
      "9",
      "--prometheus",
      server.url,
      "--prometheus-timeout",
      "1",
    ]);
    server.stop();
    expect(code, stderr).toBe(1);
    expect(stdout).toMatch(/^shop\/web: FAILED at 9 \(HistoryError\)\n {2}POST .*the replicas stay as they are/);
    expect(stderr).not.toContain("top-level await");
  });

  test.each([
    ["101", SWITCHED],
    ["nothing", ""],
  ])("as API server, saying %s", async (_, bytes) => {
    const [source, server] = await Promise.all([prometheus(), saying(bytes)]);
    const kubeconfig = join(folder, "kubeconfig");
    const parts = {
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
      clusters: [{ name: "k", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: { token: "t0ken-of-the-job" } }],
    };
    writeFileSync(kubeconfig, JSON.stringify(parts));
    const { code, stdout, stderr } = await runJob([
      ...RUN,
      "--prometheus",
      source.url,
      "--kubeconfig",
      kubeconfig,
      "--kubernetes-timeout",
      "1",
    ]);
    server.stop();
    await source.stop();
    expect(code, stderr).toBe(1);
    expect(stdout).toMatch(/^shop\/web: FAILED \(ClusterError\)\n {2}GET .*the replicas stay as they are/);
    expect(stdout).toMatch(/ended without an answer|socket hang up|no answer within/);
  });
});
