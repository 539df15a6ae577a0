/** `npm run demo`: waves against real pods, or processes in their place, the autoscaler beside an HPA-like policy, and who led the load. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type MissingProgram, missingControlPlane, missingNode, missingPrometheus } from "./available.ts";
import { drawnText } from "./demo/drawn.ts";
import { demoPicture } from "./demo/picture.ts";
import { PER_POD, reportOf } from "./demo/report.ts";
import { runDemo } from "./demo/run.ts";
import type { DemoWorld } from "./demo/world.ts";

const usage = `npm run demo -- [--minutes 20] [--period 300] [--tier 3|1] [--out out/demo]
  The stress-app under waves of --period seconds for --minutes, scaled by the autoscaler, and the same load under an HPA-like policy
  beside it. Prints the lead of the replicas over the load for every wave; writes report.json and demo.svg.
  --tier 3  pods on a real node, the autoscaler as the CronJob of manifests/overlays/demo (root, Debian 12)
  --tier 1  stress-app processes in place of pods, a real API server and Prometheus on loopback (no root)
  Without --tier: 3 where this machine can, else 1.`;

interface Flags {
  readonly minutes: number;
  readonly period: number;
  readonly out: string;
  readonly tier: "1" | "3" | undefined;
}

/**
 * Runs the demo. 0 when from the second wave on the replicas rose before the load peaked, and in the mean earlier than the HPA-like
 * policy's; 1 when not or when it cannot run, 2 on bad usage.
 */
export async function demo(args: readonly string[]): Promise<number> {
  let flags: Flags;
  try {
    flags = flagsOf(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  const tier = chooseTier(flags.tier);
  if (tier === undefined) return 1;
  const log = (line: string) => console.log(line);
  const world = await open(tier, log);
  const result = await runDemo(world, { seconds: flags.minutes * 60, period: flags.period, log });
  const report = reportOf(result, flags.period, world.what);
  console.log(`\n${report.text}`);
  mkdirSync(flags.out, { recursive: true });
  writeFileSync(join(flags.out, "demo.svg"), demoPicture(report.panels, PER_POD));
  writeFileSync(join(flags.out, "demo.json"), drawnText(report.panels, flags.period));
  writeFileSync(join(flags.out, "report.json"), `${JSON.stringify(report.numbers, null, 1)}\n`);
  console.log(`\npicture: ${join(flags.out, "demo.svg")}, numbers: ${join(flags.out, "report.json")}`);
  for (const failure of report.failures) console.error(failure);
  return report.failures.length === 0 ? 0 : 1;
}

function open(tier: "1" | "3", log: (line: string) => void): Promise<DemoWorld> {
  return tier === "3"
    ? import("./demo/node-world.ts").then((m) => m.openNodeWorld(log))
    : import("./demo/process-world.ts").then((m) => m.openProcessWorld(log));
}

/** The tier that was asked for, or the highest that this machine can; says which and why. Undefined: none. */
function chooseTier(asked: "1" | "3" | undefined): "1" | "3" | undefined {
  const missing: Readonly<Record<"1" | "3", MissingProgram>> = {
    "3": missingNode(),
    "1": missingControlPlane() ?? missingPrometheus(),
  };
  if (asked !== undefined && missing[asked] !== undefined) {
    console.error(missing[asked]);
    return undefined;
  }
  if (asked !== undefined || missing["3"] === undefined) return asked ?? "3";
  console.log(`no real node here (${missing["3"]}): processes take the place of pods`);
  if (missing["1"] === undefined) return "1";
  console.error(missing["1"]);
  return undefined;
}

function flagsOf(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "20" },
      period: { type: "string", default: "300" },
      tier: { type: "string" },
      out: { type: "string", default: "out/demo" },
    },
  });
  const number = (name: "minutes" | "period", min: number, max: number) => {
    const value = Number(values[name]);
    if (!(value >= min && value <= max))
      throw new Error(`--${name}: must be a number from ${min} to ${max}, got ${values[name]}`);
    return value;
  };
  const { tier } = values;
  if (tier !== undefined && tier !== "1" && tier !== "3") throw new Error(`--tier=${tier}: 1 and 3 are accepted`);
  return { minutes: number("minutes", 2, 180), period: number("period", 60, 3600), out: values.out, tier };
}
