/** `npm run demo`: waves against real pods, the autoscaler as its CronJob beside an HPA-like policy, and a report of who led the load. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { missingNode } from "./available.ts";
import { demoPicture } from "./demo/picture.ts";
import { type DemoResult, runDemo } from "./demo/run.ts";
import { scoreOf, type Wave, wavesOf } from "./demo/waves.ts";

/** Target CPU of a pod in the demo's manifests, cores. */
export const PER_POD = 0.05;
/** CPU request of a pod in the demo's manifests, cores: what it may count on. */
const REQUEST = 0.1;

const usage = `npm run demo -- [--minutes 20] [--period 300] [--out out/demo]
  A cluster with a real node (root, Debian 12), the stress-app under waves of --period seconds for --minutes, the autoscaler as
  the CronJob of manifests/overlays/demo, and the same load under an HPA-like policy in a second namespace. Prints the lead of
  the replicas over the load for every wave; writes report.json and demo.svg.`;

/** Runs the demo; 0 when from the second wave on the replicas rose before the load peaked, 1 when not or when it cannot run, 2 on bad usage. */
export async function demo(args: readonly string[]): Promise<number> {
  let flags: { minutes: number; period: number; out: string };
  try {
    flags = flagsOf(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  const missing = missingNode();
  if (missing) {
    console.error(missing);
    return 1;
  }
  const result = await runDemo({ seconds: flags.minutes * 60, period: flags.period, log: (line) => console.log(line) });
  const waves = report(result, flags.period, flags.out);
  const late = waves.slice(1).filter((w) => !(w.beforePeak !== null && w.beforePeak > 0));
  if (late.length > 0)
    console.error(`replicas did not rise before the peak in wave ${late.map((w) => w.index).join(", ")}`);
  return late.length === 0 && waves.length > 1 ? 0 : 1;
}

function flagsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "20" },
      period: { type: "string", default: "300" },
      out: { type: "string", default: "out/demo" },
    },
  });
  const number = (name: "minutes" | "period", min: number, max: number) => {
    const value = Number(values[name]);
    if (!(value >= min && value <= max))
      throw new Error(`--${name}=${values[name]}: a number from ${min} to ${max} is accepted`);
    return value;
  };
  return { minutes: number("minutes", 2, 180), period: number("period", 60, 3600), out: values.out };
}

/** Prints both runs, writes the picture and the numbers, and gives the waves of ours. */
function report(result: DemoResult, period: number, out: string): Wave[] {
  const panels = Object.entries(result.samples).map(([title, samples]) => ({
    title,
    samples,
    waves: wavesOf(samples, period),
  }));
  for (const { title, samples, waves } of panels) {
    const { podHours, under } = scoreOf(samples, REQUEST);
    console.log(
      `\n${title}: ${podHours.toFixed(2)} pod-hours, ${(under * 100).toFixed(1)} % of the time with less than ${REQUEST} cores a pod for the load`,
    );
    for (const w of waves) {
      const say = (x: number | null) => (x === null ? "never" : `${x.toFixed(0)} s`);
      console.log(
        `  wave ${w.index}: half-way up ${say(w.lead)} before the load was; first rise ${say(w.beforePeak)} before the peak`,
      );
    }
  }
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "demo.svg"), demoPicture(panels, PER_POD));
  const numbers = panels.map(({ title, samples, waves }) => ({ title, ...scoreOf(samples, REQUEST), waves, samples }));
  writeFileSync(
    join(out, "report.json"),
    `${JSON.stringify({ period, runs: result.runs, panels: numbers }, null, 1)}\n`,
  );
  console.log(
    `\n${result.runs} runs of the CronJob's image; picture: ${join(out, "demo.svg")}, numbers: ${join(out, "report.json")}`,
  );
  return panels[0]!.waves;
}
