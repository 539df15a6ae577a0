/** Measures speed: cold starts over real servers and recorded history beside bare Node and Python, and warm forecasts; writes docs/speed.md. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { CommandError } from "../job/cli/io.ts";
import { readFlags } from "./flags.ts";
import { beyond, readBaseline, writeBaseline } from "./speed/baseline.ts";
import { coldSection } from "./speed/cold-section.ts";
import { type Live, liveRatios, liveSection } from "./speed/live-section.ts";
import { missingServers } from "./speed/live-servers.ts";
import { phasesJson } from "./speed/phases.ts";
import { warmSection } from "./speed/warm-section.ts";
import { waterfallSvg } from "./speed/waterfall.ts";

const ROOT = join(import.meta.dirname, "..");
const CACHE = join(ROOT, "node_modules/.cache/speed");
const PICTURE = "img/speed-live.svg";

const SECTIONS = ["live", "cold", "warm"] as const;

const FLAGS = {
  rounds: { type: "string", default: "11", list: "numbers", single: true, about: "starts of each process" },
  check: { type: "boolean", about: "the live run alone, compared with the committed ratios; writes nothing" },
  only: {
    type: "string",
    list: SECTIONS,
    single: true,
    about:
      "this section alone, the live one with the time by source file; its picture goes to node_modules/.cache/speed",
  },
} as const;

/** Runs the bench and writes docs/speed.md. */
export async function main(args: readonly string[]): Promise<void> {
  const values = readFlags(args, FLAGS);
  if (!existsSync(join(ROOT, "dist/job.js"))) throw new CommandError("dist/job.js is missing: npm run build");
  rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  const rounds = Number(values.rounds);
  if (values.check) return check(rounds);
  const { only } = values;
  const wanted = (section: string) => only === undefined || only === section;
  const live = wanted("live") ? await measureLive(rounds) : undefined;
  const cold = wanted("cold") ? await coldSection(CACHE, rounds) : "";
  const warm = wanted("warm") ? warmSection() : "";
  const sections = [live === undefined || typeof live === "string" ? live : live.markdown, cold, warm];
  const text = sections.filter((section) => section).join("\n");
  console.log(text);
  const drawn = typeof live === "object" ? live : undefined;
  if (only !== undefined) {
    if (drawn !== undefined) {
      console.log(drawn.detail);
      writePicture(join(CACHE, "waterfall.svg"), drawn);
    }
    return;
  }
  writeFileSync(join(ROOT, "docs/speed.md"), page(text, rounds));
  if (drawn === undefined) return;
  writePicture(join(ROOT, "docs", PICTURE), drawn);
  writeBaseline(drawn.ratios);
}

/** The live section, or in its place why there is none. */
async function measureLive(rounds: number): Promise<Live | string> {
  const missing = missingServers();
  if (missing === undefined) return liveSection(rounds, PICTURE);
  console.error(`the live run is skipped: ${missing}`);
  return `## Cold and live\n\nSkipped: ${missing}.\n`;
}

async function check(rounds: number): Promise<void> {
  const missing = missingServers();
  if (missing !== undefined) throw new CommandError(`the live run cannot be checked: ${missing}`);
  const { markdown, ratios } = await liveRatios(rounds);
  console.log(markdown);
  const wrong = beyond(ratios, readBaseline());
  for (const sentence of wrong) console.error(sentence);
  if (wrong.length > 0) process.exitCode = 1;
}

/** The waterfall, and beside it what it draws. */
function writePicture(file: string, { phases }: Live): void {
  const kept = phasesJson(phases);
  writeFileSync(file.replace(/\.svg$/, ".json"), kept);
  writeFileSync(file, waterfallSvg(JSON.parse(kept)));
  console.error(`waterfall: ${file}`);
}

function page(text: string, rounds: number): string {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.versions.node}, load ${loadavg()[0]!.toFixed(1)} at the end`;
  return `# Speed

<!-- Written by \`npm run bench -- speed\`. -->

A run is one whole process, started cold once a minute. Medians of ${rounds} starts each, all processes in turn; memory is the largest of all starts.
Multiples of bare Node are the median over the rounds, each of which started both. Machine: ${machine}. Times move with the load of the machine; the multiples are what counts.

${text}`;
}
