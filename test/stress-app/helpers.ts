/** Shared by the tests of the stress-app: a server on a free port, its metrics, and waiting for a state (never for a time). */
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { type StressApp, startStressApp } from "../../stress-app/app.ts";
import type { ServerOptions } from "../../stress-app/options.ts";

/** A burn that outlasts any test: it ends when the server is drained. */
export const LONG_BURN = 60;

/** Starts a server in this process; it is cut off at the end of the test. */
export async function startApp(options: Partial<ServerOptions> = {}): Promise<StressApp> {
  const app = await startStressApp({ host: "127.0.0.1", port: 0, workers: 1, queue: 1, drainSeconds: 0, ...options });
  let drained: Promise<boolean> | undefined;
  const drain = (): Promise<boolean> => {
    drained ??= app.drain();
    return drained;
  };
  onTestFinished(async () => {
    await drain();
  });
  return { ...app, drain };
}

/** The samples of an exposition text by name with labels. Throws on a line that is no comment and no sample. */
export function parseMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("# HELP ") || line.startsWith("# TYPE ")) continue;
    const match = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)$/.exec(line);
    // Go's ParseFloat takes nan and inf in any case, and prom-client writes "Nan".
    const special = /^([+-]?inf|nan)$/i.test(match?.[2] ?? "");
    if (!match || (!special && Number.isNaN(Number(match[2])))) throw new Error(`not a sample: ${line}`);
    samples.set(match[1]!, Number(match[2]));
  }
  return samples;
}

/** One sample of a server, now. */
export async function sample(url: string, name: string): Promise<number | undefined> {
  return parseMetrics(await (await fetch(`${url}/metrics`)).text()).get(name);
}

/** Asks again and again until a sample has the value; the test's own time limit is the only one. */
export async function until(url: string, name: string, value: number): Promise<void> {
  while ((await sample(url, name)) !== value) await sleep(10); // a page of metrics tells only who asks
}
