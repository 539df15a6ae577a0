/** The flags of the traffic generator, checked. */
import yargs from "yargs";
import type { Spacing } from "./arrivals.ts";
import { MAX_INTENSITY } from "./intensity.ts";
import { type Pattern, type Points, SHAPES, type TrafficShape } from "./pattern.ts";

/** All settings of one run of the generator. */
export interface TrafficOptions {
  readonly pattern: Pattern;
  readonly spacing: Spacing;
  /** Seconds. */
  readonly duration: number;
  /** Full addresses, intensity included. */
  readonly urls: readonly string[];
  readonly maxInFlight: number;
  /** False: a connection for every request, since a Service picks a pod for a connection, not for a request. */
  readonly keepAlive: boolean;
  readonly timeout: number;
  /** Seconds between two report lines. */
  readonly every: number;
}

/** A flag with a value outside its range. The generator then exits with 2. */
export class TrafficOptionError extends Error {
  override readonly name = "TrafficOptionError";
}

/** A default period for each shape: that of the classic demo, and 50 minutes for the one with five acts. */
const PERIOD = 300;
const MIXED_PERIOD = 3000;

/** Whether a host is this machine: localhost, 127.0.0.0/8 or ::1. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Reads a plan such as "0:1,600:6,600:2" (seconds:rate) to ascending control points. Throws TrafficOptionError. */
export function parsePlan(text: string): Points {
  const points = text.split(",").map((part) => {
    const match = /^\s*(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)\s*$/.exec(part);
    if (!match) throw new TrafficOptionError(`--plan: ${JSON.stringify(part)} is not SECONDS:RATE`);
    return [Number(match[1]), Number(match[2])] as const;
  });
  const fall = points.findIndex(([at], i) => i > 0 && at < points[i - 1]![0]);
  if (fall > 0) throw new TrafficOptionError(`--plan: ${points[fall]![0]} s comes after ${points[fall - 1]![0]} s`);
  return points;
}

function within(name: string, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw new TrafficOptionError(
    `--${name}: must be a number from ${min} to ${max}, got ${Number.isNaN(value) ? "a text" : value}`,
  );
}

function target(text: string, allowRemote: boolean, intensity: number): string {
  if (!URL.canParse(text)) throw new TrafficOptionError(`--url: must be http://HOST:PORT, got ${text}`);
  const url = new URL(text);
  if (url.protocol !== "http:") throw new TrafficOptionError(`--url: must begin with http://, got ${text}`);
  if (!allowRemote && !isLoopback(url.hostname)) {
    throw new TrafficOptionError(
      `--url=${text}: ${url.hostname} is not this machine; load on others needs --allow-remote`,
    );
  }
  const stress = new URL("/stress", url);
  stress.searchParams.set("intensity", String(intensity));
  return stress.href;
}

function parser(argv: readonly string[]) {
  const number = { type: "number", requiresArg: true } as const;
  return yargs([...argv])
    .scriptName("traffic")
    .usage(
      "$0 [flags]\n\nSends /stress requests to a stress-app, open loop: on schedule, whatever became of earlier ones.",
    )
    .option("url", {
      type: "string",
      array: true,
      default: ["http://127.0.0.1:8080"],
      describe: "where to; several are taken in turn",
    })
    .option("allow-remote", { type: "boolean", default: false, describe: "accept hosts other than this one" })
    .option("pattern", {
      choices: SHAPES,
      default: "sine" as TrafficShape,
      describe: "shape of the rate over one period",
    })
    .option("plan", {
      type: "string",
      requiresArg: true,
      describe: "rates of your own: SECONDS:RATE,... linear between",
    })
    .option("duration", { ...number, default: 600, describe: "seconds to run (at most 86400)" })
    .option("period", { ...number, describe: `seconds of one period (default ${PERIOD}; mixed ${MIXED_PERIOD})` })
    .option("phase", { ...number, default: 0, describe: "share of a period that lies behind at the start (0 to 1)" })
    .option("base", { ...number, default: 5, describe: "middle of the rate, requests a second" })
    .option("amplitude", { ...number, default: 4, describe: "how far the rate swings around it" })
    .option("noise", { ...number, default: 0.5, describe: "standard deviation of the rate's noise" })
    .option("intensity", { ...number, default: 0.4, describe: "CPU seconds each request burns" })
    .option("seed", { ...number, default: 1, describe: "same seed, same schedule" })
    .option("spacing", {
      choices: ["poisson", "even"] as const,
      default: "poisson" as Spacing,
      describe: "gaps between requests",
    })
    .option("max-in-flight", { ...number, default: 200, describe: "unanswered requests before the next is skipped" })
    .option("keep-alive", {
      type: "boolean",
      default: true,
      describe: "use connections again; --no-keep-alive lets a Service spread every request",
    })
    .option("timeout", { ...number, default: 90, describe: "seconds one request may take" })
    .option("every", { ...number, default: 5, describe: "seconds between two lines of report" })
    .example("$0", "the sine: 5 + 4 sin over 300 s plus noise, for ten minutes")
    .example(
      "$0 --pattern spikes --base 3 --amplitude 2 --duration 1800",
      "half an hour with a burst every five minutes",
    )
    .example("$0 --plan 0:1,300:8,600:8,600:1 --duration 900", "up to 8 a second, five minutes there, back at once")
    .strict()
    .version(false)
    .wrap(110)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new TrafficOptionError(message);
    });
}

/** Reads and checks the flags; undefined when help was printed. Throws TrafficOptionError naming flag, value and range. */
export async function readTrafficOptions(argv: readonly string[]): Promise<TrafficOptions | undefined> {
  const flags = await parser(argv).parseAsync();
  if (argv.includes("--help")) return undefined;
  const intensity = within("intensity", flags.intensity, 0, MAX_INTENSITY);
  const pattern: Pattern = {
    shape: flags.pattern,
    period: within("period", flags.period ?? (flags.pattern === "mixed" ? MIXED_PERIOD : PERIOD), 1, 86_400),
    base: within("base", flags.base, 0, 1000),
    amplitude: within("amplitude", flags.amplitude, 0, 1000),
    noise: within("noise", flags.noise, 0, 1000),
    ...(flags.phase === 0 ? {} : { phase: within("phase", flags.phase, 0, 1) }),
    seed: within("seed", flags.seed, 0, 2 ** 32 - 1),
    ...(flags.plan === undefined ? {} : { plan: parsePlan(flags.plan) }),
  };
  return {
    pattern,
    spacing: flags.spacing,
    duration: within("duration", flags.duration, 1, 86_400),
    urls: flags.url.map((url) => target(url, flags["allow-remote"], intensity)),
    maxInFlight: within("max-in-flight", flags["max-in-flight"], 1, 10_000),
    keepAlive: flags["keep-alive"],
    timeout: within("timeout", flags.timeout, 0.1, 600),
    every: within("every", flags.every, 0.1, 3600),
  };
}
