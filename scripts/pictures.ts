/** `npm run pictures`: makes every picture of README and docs again. `--check` only compares their content. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kindsSvg } from "../bench/accuracy/pictures.ts";
import { frontPicture, type PolicyFrontPoint } from "../bench/policy/front.ts";
import { waterfallSvg } from "../bench/speed/waterfall.ts";
import { runCli } from "../job/cli/program.ts";
import { panelsOf } from "../test/cluster/demo/drawn.ts";
import { demoPicture } from "../test/cluster/demo/picture.ts";
import { PER_POD } from "../test/cluster/demo/report.ts";
import { solverPicture } from "../test/oracle/prophet/picture.ts";
import { architecturePicture } from "./architecture-picture.ts";
import { CONCEPTS, conceptPicture } from "./concept-pictures.ts";
import { frontsPicture } from "./fronts-picture.ts";
import { yearSeries, yearSettings } from "./prophet-year.ts";
import { takeReportPictures } from "./report-pictures.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** The run of `npm start`, by its own command line. */
const START = "--once --dry-run --deployment stress-app --target-cpu 0.05 --min 1 --max 10 --replicas 4 --json";

function startPicture(...more: readonly string[]): Promise<string> {
  const history = ["--history-file", join(ROOT, "fixtures/recorded/sine.json")];
  return drawnBy(() => [...START.split(" "), ...history, ...more]);
}

/** The example of docs/prophet.md over its year. */
function yearPicture(): Promise<string> {
  return drawnBy((folder) => {
    const [config, series] = [join(folder, "shop.yaml"), join(folder, "year.csv")];
    writeFileSync(config, yearSettings());
    writeFileSync(series, yearSeries());
    return `--once --dry-run --components --json --replicas 30 --config ${config} --history-file ${series}`.split(" ");
  });
}

/** The picture of a run, by the command line. */
async function drawnBy(argv: (folder: string) => readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "pictures-"));
  const path = join(folder, "forecast.svg");
  try {
    await cli([...argv(folder), "--svg", path]);
    return readFileSync(path, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The command line, in silence. */
async function cli(argv: readonly string[]): Promise<void> {
  const quiet = () => {};
  const code = await runCli({
    argv,
    env: {},
    version: "pictures",
    out: quiet,
    err: quiet,
    columns: Number.POSITIVE_INFINITY,
    color: false,
    unicode: true,
    errColumns: null,
    interruption: () => new AbortController().signal,
    flush: async () => null,
  });
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}`);
}

/** Those of the policy's page, as far as it has them. */
function fronts(): Record<string, () => string> {
  if (!existsSync(join(ROOT, "docs/policy/fronts.json"))) return {};
  const points = JSON.parse(read("docs/policy/fronts.json")) as Record<string, readonly PolicyFrontPoint[]>;
  return Object.fromEntries(
    Object.entries(points).map(([startup, list]) => [
      `docs/policy/front-${startup}.svg`,
      () => frontPicture(list, Number(startup)),
    ]),
  );
}

const concepts = Object.fromEntries(
  Object.keys(CONCEPTS).map((name) => [`docs/img/concept-${name}.svg`, () => conceptPicture(name, cli)]),
);

/** How each picture is made, by its path from the root. Each resolves to the text of an SVG document. */
export const PICTURES: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/img/forecast.svg": () => startPicture(),
  "docs/img/components.svg": () => startPicture("--components"),
  "docs/img/prophet-year.svg": yearPicture,
  "docs/img/architecture.svg": architecturePicture,
  "docs/img/accuracy.svg": kindsSvg,
  "docs/img/fronts.svg": () => frontsPicture(read("docs/policy.md")),
  "docs/img/demo.svg": () => demoPicture(panelsOf(read("docs/img/demo.json")), PER_POD),
  "docs/img/speed-live.svg": () => waterfallSvg(JSON.parse(read("docs/img/speed-live.json"))),
  "docs/decisions/0002-prophet-solver.svg": solverPicture,
  ...concepts,
  ...fronts(),
};

/** Units of a picture that nobody sees: processors differ in the last digits of a sine. */
const UNSEEN = 2;

/** Whether two SVG documents show the same. Their texts must be equal but for numbers, and no number may differ by more than UNSEEN. */
export function sameContent(a: string, b: string): boolean {
  const numbers = /-?\d+(?:\.\d+)?/g;
  if (a.replace(numbers, "#") !== b.replace(numbers, "#")) return false;
  const [left, right] = [a, b].map((text) => (text.match(numbers) ?? []).map(Number));
  return left!.every((v, i) => Math.abs(v - right![i]!) <= UNSEEN);
}

async function main(check: boolean): Promise<number> {
  let stale = 0;
  for (const [path, make] of Object.entries(PICTURES)) {
    const made = await make();
    if (!check) writeFileSync(join(ROOT, path), made);
    else if (!sameContent(read(path), made)) {
      stale += 1;
      console.error(`${path} is not what it would be now: run npm run pictures, and look at it`);
    }
  }
  if (!check) await takeReportPictures(join(ROOT, "docs/img"));
  return stale === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.includes("--check"));
