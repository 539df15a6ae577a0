/** The load of the demo: its shape, the generator's process, and what came back. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** 5 - 4 cos requests a second of 0.05 CPU seconds each: 0.05 to 0.45 cores, from the trough on. */
const LOAD = { base: 5, amplitude: 4, intensity: 0.05 };
const TRAFFIC = join(import.meta.dirname, "../../../stress-app/traffic.ts");

/** Cores that are asked for `t` seconds after the start. */
export function demandAt(t: number, period: number): number {
  return (LOAD.base - LOAD.amplitude * Math.cos((2 * Math.PI * t) / period)) * LOAD.intensity;
}

/** Requests of one run of the generator. Latencies in seconds, of all answers; NaN without any. */
export interface Served {
  readonly sent: number;
  /** Answered with 200. */
  readonly ok: number;
  /** By status or error code, what was not; `skipped`: never sent, since too many were unanswered. */
  readonly failed: Readonly<Record<string, number>>;
  readonly p50: number;
  readonly p99: number;
}

/** A generator under way. */
export interface RunningLoad {
  /** Ends it, if it has not ended, and gives what it counted; null when it broke off without a summary. */
  end(): Promise<Served | null>;
}

/**
 * Starts the generator against `url` for `seconds`. `launcher` is put before the command, to enter a namespace; `fresh` opens a connection
 * for every request, so that a Service spreads them over its pods.
 */
export function startLoad(
  url: string,
  { seconds, period, fresh = false }: { readonly seconds: number; readonly period: number; readonly fresh?: boolean },
  launcher: readonly string[] = [],
): RunningLoad {
  const flags = { url, pattern: "sine", phase: 0.75, duration: seconds, period, noise: 0, ...LOAD };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const more = ["--allow-remote", "--timeout=30", ...(fresh ? ["--no-keep-alive"] : [])];
  const [command, ...rest] = [...launcher, process.execPath, TRAFFIC, ...args, ...more];
  const child = spawn(command!, rest, { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  const closed = once(child, "close");
  return {
    async end() {
      await stop(child, closed);
      return servedOf(said);
    },
  };
}

/** SIGTERM lets it wait for the last answers; what takes longer than 20 s is not waited for. */
async function stop(child: ChildProcess, closed: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  // a process that hangs tells nothing
  const cut = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await closed;
  clearTimeout(cut);
}

/** Reads the generator's summary line. */
export function servedOf(text: string): Served | null {
  const line = /^summary: .*$/m.exec(text)?.[0];
  if (line === undefined) return null;
  const number = (pattern: RegExp) => Number(pattern.exec(line)?.[1] ?? Number.NaN);
  const answers = / answers (.*?)(?: latency|$)/.exec(line)?.[1] ?? "";
  const counts = [...answers.matchAll(/([^\s:]+):(\d+)/g)].map(([, code, n]) => [code!, Number(n)] as const);
  const skipped = number(/ skipped=(\d+)/);
  return {
    sent: number(/ sent=(\d+)/),
    ok: counts.find(([code]) => code === "200")?.[1] ?? 0,
    failed: Object.fromEntries([
      ...counts.filter(([code]) => code !== "200"),
      ...(skipped > 0 ? [["skipped", skipped] as const] : []),
    ]),
    p50: number(/ p50=(\S+)/),
    p99: number(/ p99=(\S+)/),
  };
}
