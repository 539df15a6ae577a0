/** The settings of the stress-app: flags over environment over defaults. */
import { parseArgs } from "node:util";

/** A setting that is not a whole number in its range: exit 2. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/** The settings of one server. */
export interface ServerOptions {
  readonly host: string;
  /** 0 asks the system for a free port. */
  readonly port: number;
  /** Burning threads. */
  readonly workers: number;
  /** Burns that may wait for a thread before the answer is 503. */
  readonly queue: number;
  /** Seconds a SIGTERM waits for what runs. */
  readonly drainSeconds: number;
}

/** One table: flag, environment variable, default, range. Feeds the parser and --help. */
const NUMBERS = [
  { key: "port", env: "PORT", fallback: 8080, min: 0, max: 65535, help: "port; 0 takes a free one" },
  { key: "workers", env: "WORKERS", fallback: 4, min: 1, max: 64, help: "burning threads" },
  {
    key: "queue",
    env: "QUEUE",
    fallback: 64,
    min: 0,
    max: 10_000,
    help: "burns that may wait before the answer is 503",
  },
  { key: "drain-seconds", env: "DRAIN_SECONDS", fallback: 20, min: 0, max: 600, help: "longest wait after SIGTERM" },
] as const;

/** The text of --help: every flag with its variable, range and default. */
export function usageText(): string {
  const rows = NUMBERS.map(
    (n) => `  --${n.key.padEnd(14)} ${n.env.padEnd(14)} ${n.help} (${n.min} to ${n.max}, default ${n.fallback})`,
  );
  return `node stress-app/server.ts [flags]\n\n  flag             environment\n  --host           HOST           address to listen on (default 127.0.0.1)\n${rows.join("\n")}\n`;
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new OptionError(`${name}: must be a whole number from ${min} to ${max}, got ${JSON.stringify(text)}`);
}

/**
 * Reads the settings: a flag, else the variable, else the default. Undefined when help was asked for. Throws OptionError, or TypeError
 * for an unknown flag.
 */
export function readOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ServerOptions | undefined {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: { host: text, port: text, workers: text, queue: text, "drain-seconds": text, help: { type: "boolean" } },
  });
  if (values.help) return undefined;
  const [port, workers, queue, drainSeconds] = NUMBERS.map((n) => {
    const flag = values[n.key];
    if (flag !== undefined) return whole(`--${n.key}`, flag, n.min, n.max);
    return whole(n.env, env[n.env] || String(n.fallback), n.min, n.max);
  }) as [number, number, number, number];
  return { host: values.host ?? (env.HOST || "127.0.0.1"), port, workers, queue, drainSeconds };
}
