/** `npm run bench -- ablation`: switches each part of the forecaster off and measures the difference with its spread; rewrites docs/ablation.md. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { autoForecaster } from "../job/core/forecast/forecasters/auto.ts";
import { each, interruption } from "../scripts/waiting.ts";
import { calibrationOf } from "./ablation/calibration.ts";
import { hindsightOf } from "./ablation/hindsight.ts";
import { ablationPage, type Pieces, type Scored } from "./ablation/page.ts";
import { replayRows } from "./ablation/replay.ts";
import { lossesOf, questionsOf } from "./ablation/score.ts";
import { judgedSeries } from "./ablation/series.ts";
import { AS_IT_IS, VARIANTS, type Variant } from "./ablation/variants.ts";

const PAGE = join(import.meta.dirname, "../docs/ablation.md");
/** What was measured last, piece by piece, so that a part of the bench can be run alone and the page drawn of all. */
const PIECES_FILE = join(import.meta.dirname, "../out/bench-ablation.json");
const PARTS = ["models", "mechanisms", "calibration", "hindsight", "replay"] as const;

/**
 * Runs the bench.
 * - `--part models|mechanisms|calibration|hindsight|replay`: these parts; may be given several times (all).
 * - `--window N`: values of a window; several (120, 240, 480, 1440).
 * - `--origins N`: forecasts a series (12).
 * - `--seed N`: of the generated series (the clock, so that no call sees what the last one saw).
 * - `--startup S`: seconds in the replay; several (15, 30, 90, 180).
 * - `--quick`: few origins, and nothing is written.
 * - `--draw`: makes the page from what is stored.
 */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      part: { type: "string", multiple: true },
      window: { type: "string", multiple: true, default: ["120", "240", "480", "1440"] },
      startup: { type: "string", multiple: true, default: ["15", "30", "90", "180"] },
      origins: { type: "string", default: "12" },
      seed: { type: "string", default: String(Math.floor(Date.now() / 1000)) },
      quick: { type: "boolean", default: false },
      draw: { type: "boolean", default: false },
    },
  });
  const unknown = values.part?.find((part) => !PARTS.some((known) => known === part));
  if (unknown !== undefined) throw new Error(`--part ${unknown}: one of ${PARTS.join(", ")}`);
  const asked = (part: (typeof PARTS)[number]) => !values.draw && (values.part?.includes(part) ?? true);
  const origins = values.quick ? 3 : Number(values.origins);
  const seed = Number(values.seed);
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
  const page = ablationPage(pieces);
  console.log(page);
  if (values.quick || interruption().aborted) return;
  mkdirSync(dirname(PIECES_FILE), { recursive: true });
  writeFileSync(PIECES_FILE, JSON.stringify(pieces));
  writeFileSync(PAGE, page);
}

/** Losses of every variant on every series long enough for the window. */
async function scored(variants: readonly Variant[], window: number, origins: number, seed: number): Promise<Scored[]> {
  const all = [AS_IT_IS, ...variants].map(({ name, options }) => ({ name, forecaster: autoForecaster(options) }));
  const series = judgedSeries(window, seed).filter((one) => one.series.values.length > window + 20);
  return each(`window ${window}`, "series", series, ({ set, name, series: one }) => {
    const questions = questionsOf(one, window, origins);
    const losses = Object.fromEntries(all.map((variant) => [variant.name, lossesOf(variant.forecaster, questions)]));
    return { set, name, losses };
  });
}
