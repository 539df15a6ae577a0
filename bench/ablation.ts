/** `npm run bench -- ablation`: switches each part of the forecaster off and measures the difference with its spread; rewrites docs/ablation.md. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { each, interruption } from "../scripts/waiting.ts";
import { calibrationOf } from "./ablation/calibration.ts";
import { hindsightOf } from "./ablation/hindsight.ts";
import { ablationPage, type Pieces, type Scored } from "./ablation/page.ts";
import { replayRows } from "./ablation/replay.ts";
import { lossesOf, questionsOf } from "./ablation/score.ts";
import { judgedSeries } from "./ablation/series.ts";
import { AS_IT_IS, forecasterOfVariant, VARIANTS, type Variant } from "./ablation/variants.ts";
import { readFlags } from "./flags.ts";
import { keptText, withKept } from "./kept-sections.ts";

const PAGE = join(import.meta.dirname, "../docs/ablation.md");
/** What was measured last, piece by piece, so that a part of the bench can be run alone and the page drawn of all. */
const PIECES_FILE = join(import.meta.dirname, "../out/bench-ablation.json");
const PARTS = ["models", "mechanisms", "calibration", "hindsight", "replay"] as const;

/** What the page has: window lengths in values, and seconds of start-up in the replay. */
const WINDOWS = [120, 240, 480, 1440];
const STARTUPS = [15, 30, 90, 180];

const FLAGS = {
  part: { type: "string", multiple: true, list: PARTS, single: true, about: "this part; may be given several times" },
  window: {
    type: "string",
    multiple: true,
    list: "numbers",
    single: true,
    default: WINDOWS.map(String),
    about: "values of a window; may be given several times",
  },
  startup: {
    type: "string",
    multiple: true,
    list: "numbers",
    single: true,
    default: STARTUPS.map(String),
    about: "seconds of start-up in the replay; may be given several times",
  },
  origins: { type: "string", default: "12", list: "numbers", single: true, about: "forecasts a series" },
  seed: {
    type: "string",
    list: "numbers",
    single: true,
    about: "of the generated series; without it the clock, so that no call sees what the last one saw",
  },
  quick: { type: "boolean", default: false, about: "few origins, and nothing is written" },
  draw: { type: "boolean", default: false, about: "makes the page from what was measured last" },
} as const;

/** Runs the bench and rewrites docs/ablation.md. */
export async function main(args: readonly string[]): Promise<void> {
  const values = readFlags(args, FLAGS);
  const asked = (part: (typeof PARTS)[number]) => !values.draw && (values.part?.includes(part) ?? true);
  const origins = values.quick ? 3 : Number(values.origins);
  const seed = Number(values.seed ?? Math.floor(Date.now() / 1000));
  const pieces: Pieces = existsSync(PIECES_FILE) ? (JSON.parse(readFileSync(PIECES_FILE, "utf8")) as Pieces) : {};
  for (const window of values.window.map(Number)) {
    for (const part of ["models", "mechanisms"] as const) {
      if (!asked(part)) continue;
      pieces[`${part} ${window}`] = { seed, origins, rows: await scored(VARIANTS[part], window, origins, seed) };
    }
  }
  for (const window of [120, 480])
    if (asked("hindsight")) pieces[`hindsight ${window}`] = { seed, origins, rows: await hindsightOf(window, origins) };
  if (asked("calibration")) pieces.calibration = { seed, origins, rows: await calibrationOf(480, origins, seed) };
  for (const startup of values.startup.map(Number)) {
    if (asked("replay")) pieces[`replay ${startup}`] = { seed, origins, rows: await replayRows(startup) };
  }
  const before = readFileSync(PAGE, "utf8");
  const { text: page, kept } = withKept(ablationPage(pieces, before), before);
  console.log(page);
  const told = keptText("docs/ablation.md", kept);
  if (told !== undefined) console.error(told);
  if (values.quick || interruption().aborted) return;
  mkdirSync(dirname(PIECES_FILE), { recursive: true });
  writeFileSync(PIECES_FILE, JSON.stringify(pieces));
  writeFileSync(PAGE, page);
}

/** Losses of every variant on every series long enough for the window. */
async function scored(variants: readonly Variant[], window: number, origins: number, seed: number): Promise<Scored[]> {
  const all = [AS_IT_IS, ...variants].map((one) => ({ name: one.name, forecaster: forecasterOfVariant(one) }));
  const series = judgedSeries(window, seed).filter((one) => one.series.values.length > window + 20);
  return each(`window ${window}`, "series", series, ({ set, name, series: one }) => {
    const questions = questionsOf(one, window, origins);
    const losses = Object.fromEntries(all.map((variant) => [variant.name, lossesOf(variant.forecaster, questions)]));
    return { set, name, losses };
  });
}
