/** Tests of the two programs as processes: real CPU, signals, exit codes, and the generator against a server. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { LONG_BURN, sample, startApp, until } from "./helpers.ts";

interface Run {
  readonly child: ChildProcess;
  /** Everything said so far, both streams. */
  readonly text: () => string;
  /** Resolves once the text matches. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** The exit code. */
  readonly exit: Promise<number | null>;
}

function run(file: string, args: readonly string[]): Run {
  const path = fileURLToPath(new URL(`../../stress-app/${file}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += chunk));
  const exit = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exit;
  });
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(text);
      if (match) return match;
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`ended without saying ${pattern}: ${text}`);
      await Promise.race([once(child.stdout!, "data"), exit]);
    }
  };
  return { child, text: () => text, says, exit };
}

async function runServer(args: readonly string[]): Promise<Run & { url: string }> {
  const server = run("server.ts", ["--port", "0", "--workers", "1", ...args]);
  const match = await server.says(/listens on (\S+)/);
  return { ...server, url: match[1]! };
}

describe("server", () => {
  it("burns real CPU, seen in its own counter", async () => {
    const { url } = await runServer([]);
    const before = (await sample(url, "process_cpu_seconds_total"))!;
    await fetch(`${url}/stress?intensity=1`);
    const after = (await sample(url, "process_cpu_seconds_total"))!;
    // CPU, not wall clock: on a crowded machine the burn takes longer and costs the same. A sleep of a second would cost under 0.05.
    expect(after - before).toBeGreaterThan(0.98);
    expect(after - before).toBeLessThan(1.5);
  });

  it("burns short ones right in the sum, though the clock moves in steps of milliseconds", async () => {
    const { url } = await runServer([]);
    await fetch(`${url}/stress?intensity=0.005`);
    const before = (await sample(url, "process_cpu_seconds_total"))!;
    for (let i = 0; i < 100; i++) await fetch(`${url}/stress?intensity=0.005`);
    const after = (await sample(url, "process_cpu_seconds_total"))!;
    // 0.5 s of burns and about 0.5 ms of serving for each; rounded up to steps of 4 ms they would cost 0.84 s with it
    expect(after - before).toBeGreaterThan(0.45);
    expect(after - before).toBeLessThan(0.8);
  });

  it("finishes a burn after SIGTERM and exits 0", async () => {
    const { url, child, exit, text } = await runServer(["--drain-seconds", "60"]);
    const burning = fetch(`${url}/stress?intensity=1`);
    await until(url, "stress_workers_busy", 1);
    child.kill("SIGTERM");
    expect((await burning).status).toBe(200);
    expect(await exit).toBe(0);
    expect(text()).toContain("all finished");
  });

  it("cuts off what does not end within the bound, and still exits 0", async () => {
    const { url, child, exit, text } = await runServer(["--drain-seconds", "0"]);
    const burning = fetch(`${url}/stress?intensity=${LONG_BURN}`).catch(() => undefined);
    await until(url, "stress_workers_busy", 1);
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
    expect((await burning)?.status ?? 503).toBe(503);
    expect(text()).toContain("cut off");
  });

  it("exits 2 for a bad setting, 1 for a taken port", async () => {
    const bad = run("server.ts", ["--workers", "none"]);
    expect(await bad.exit).toBe(2);
    expect(bad.text()).toContain('--workers: must be a whole number from 1 to 64, got "none"');
    const { port } = await startApp();
    const taken = run("server.ts", ["--port", String(port)]);
    expect(await taken.exit).toBe(1);
    expect(taken.text()).toContain("EADDRINUSE");
  });
});

describe("traffic", () => {
  it("sends exactly what its schedule says and reports what came back", async () => {
    const { url } = await startApp({ workers: 2, queue: 100 });
    const flags = ["--pattern", "constant", "--base", "20", "--noise", "0", "--spacing", "even", "--intensity", "0"];
    const traffic = run("traffic.ts", ["--url", url, "--duration", "1", "--every", "0.3", ...flags]);
    expect(await traffic.exit).toBe(0);
    const [, sent, answered] = /summary: \S+ s sent=(\d+) answers 200:(\d+) latency/.exec(traffic.text())!;
    // 20 a second for 1 s, the last one due at the very end.
    expect([19, 20]).toContain(Number(sent));
    expect(answered).toBe(sent);
    expect(traffic.text()).toMatch(/^\d+ s rate 20\.00\/s sent=\d+/m);
    expect(await sample(url, 'http_request_duration_seconds_count{route="/stress",code="200"}')).toBe(Number(sent));
  });

  it("opens a connection for each request without keep-alive, and uses them again with it", async () => {
    const ports = new Set<number | undefined>();
    const server = createServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const flags = ["--pattern", "constant", "--base", "10", "--noise", "0", "--spacing", "even", "--duration", "1"];
    const seen: number[] = [];
    // four at once at most: where the process is late, the requests that were due meanwhile do not need a connection each
    for (const more of [["--no-keep-alive"], ["--max-in-flight", "4"]]) {
      ports.clear();
      expect(await run("traffic.ts", ["--url", url, ...flags, ...more]).exit).toBe(0);
      seen.push(ports.size);
    }
    expect(seen[0]).toBeGreaterThanOrEqual(9);
    expect(seen[1]).toBeLessThan(5);
  });

  it("skips rather than piles up, and counts refusals by code", async () => {
    const { url, drain } = await startApp({ workers: 1, queue: 1 });
    const flags = ["--pattern", "constant", "--base", "50", "--noise", "0", "--intensity", String(LONG_BURN)];
    const traffic = run("traffic.ts", [
      "--url",
      url,
      "--duration",
      "1",
      "--max-in-flight",
      "2",
      "--every",
      "0.2",
      ...flags,
    ]);
    await traffic.says(/skipped=/);
    await drain();
    expect(await traffic.exit).toBe(0);
    expect(traffic.text()).toMatch(/summary: .*skipped=\d+ answers 503:2/);
  });

  it("ends with its summary on SIGINT, exit 0", async () => {
    const { url } = await startApp({ queue: 100 });
    const traffic = run("traffic.ts", ["--url", url, "--duration", "86400", "--intensity", "0", "--every", "0.2"]);
    await traffic.says(/sent=/);
    traffic.child.kill("SIGINT");
    expect(await traffic.exit).toBe(0);
    expect(traffic.text()).toMatch(/summary: \S+ s sent=\d+/);
  });

  it("refuses another machine with exit 2 and sends nothing", async () => {
    const traffic = run("traffic.ts", ["--url", "http://192.0.2.1:8080"]);
    expect(await traffic.exit).toBe(2);
    expect(traffic.text()).toContain("--allow-remote");
  });

  it("shows examples in its help", async () => {
    const traffic = run("traffic.ts", ["--help"]);
    expect(await traffic.exit).toBe(0);
    expect(traffic.text()).toContain("Examples:");
  });
});
