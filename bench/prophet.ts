/** Measures our Prophet's speed beside its Stan model in WebAssembly (augurs) and Python's Prophet, as ratios. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { initSync, Prophet } from "@bsull/augurs/prophet";
import { optimizer } from "@bsull/augurs-prophet-wasmstan";
import { fit as fitProphet } from "../job/core/forecast/prophet/fit.ts";
import type { ProphetOptions, SeasonalityOption } from "../job/core/forecast/prophet/options.ts";
import { predict } from "../job/core/forecast/prophet/predict.ts";
import { originalProphet, seasonalProphet } from "../job/core/forecast/prophet/presets.ts";

/** Median milliseconds to fit, and to predict four steps. NaN where that cannot be measured. */
export interface ProphetTiming {
  readonly fit: number;
  readonly predict: number;
}

/** One set of options, timed with every implementation that is installed. */
export interface ProphetBenchRow {
  readonly name: string;
  readonly ours: ProphetTiming;
  /** Our prediction with the band in closed form instead of 1000 simulated futures. */
  readonly oursAnalytic: number;
  readonly wasm: ProphetTiming;
  readonly python: ProphetTiming | undefined;
}

const POINTS = 120;
const STEP = 15;
const START = 1_767_225_600;
const NONE: ProphetTiming = { fit: Number.NaN, predict: Number.NaN };

const CASES: readonly { readonly name: string; readonly options: ProphetOptions }[] = [
  { name: "defaults", options: {} },
  { name: "original (300 s, order 10, 0.5)", options: originalProphet() },
  { name: "season of 600 s, order 4", options: seasonalProphet(600, 4) },
  { name: "the same, multiplicative", options: { ...seasonalProphet(600, 4), seasonality_mode: "multiplicative" } },
];

/** A sine of 300 s with noise from a fixed generator. */
function history(): { ds: number[]; y: number[] } {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  const ds = Array.from({ length: POINTS }, (_, i) => START + STEP * i);
  return { ds, y: ds.map((t, i) => 4 + 0.01 * i + 2 * Math.sin((2 * Math.PI * t) / 300) + random() + random()) };
}

function medianOf(repeats: number, run: () => void): number {
  for (let i = 0; i < repeats; i++) run();
  const times = Array.from({ length: repeats }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
  return times.sort((a, b) => a - b)[repeats >> 1]!;
}

function timeOurs(options: ProphetOptions): { ours: ProphetTiming; oursAnalytic: number } {
  const rows = history();
  const model = fitProphet(rows, options);
  if (!model.ok) throw new Error(JSON.stringify(model.error));
  const future = { ds: [1, 2, 3, 4].map((k) => START + STEP * (POINTS - 1 + k)) };
  return {
    ours: {
      fit: medianOf(300, () => fitProphet(rows, options)),
      predict: medianOf(100, () => predict(model.value, future)),
    },
    oursAnalytic: medianOf(300, () => predict(model.value, future, { intervals: "analytic" })),
  };
}

function augursModel(options: ProphetOptions): Prophet {
  const off = { type: "manual", enabled: false } as const;
  const model = new Prophet({
    optimizer,
    yearlySeasonality: off,
    weeklySeasonality: off,
    dailySeasonality: off,
    changepointPriorScale: options.changepoint_prior_scale ?? 0.05,
    seasonalityMode: options.seasonality_mode ?? "additive",
  });
  for (const s of options.seasonalities ?? []) model.addSeasonality(s.name, augursSeason(s));
  return model;
}

function augursSeason({ period, fourier_order, mode }: SeasonalityOption) {
  return { period, fourierOrder: fourier_order, ...(mode && { mode }) };
}

/** One warm fit and predict at a time on fresh models, since an augurs model can only be fitted once. */
function timeWasm(options: ProphetOptions): ProphetTiming {
  const rows = history();
  const future = { ds: [1, 2, 3, 4].map((k) => START + STEP * (POINTS - 1 + k)) };
  const fits: number[] = [];
  const predicts: number[] = [];
  for (let i = 0; i < 25; i++) {
    const model = augursModel(options);
    const began = performance.now();
    try {
      model.fit(rows);
    } catch {
      return NONE;
    }
    const fitted = performance.now();
    model.predict(future);
    fits.push(fitted - began);
    predicts.push(performance.now() - fitted);
    model.free();
  }
  const middle = (values: number[]) => values.slice(5).sort((a, b) => a - b)[10]!;
  return { fit: middle(fits), predict: middle(predicts) };
}

const PYTHON = `
import json, logging, sys, time
import pandas as pd
from prophet import Prophet
for name in ("cmdstanpy", "prophet"):
    logging.getLogger(name).setLevel(logging.CRITICAL)
asked = json.load(sys.stdin)
df = pd.DataFrame({"ds": pd.to_datetime(asked["ds"], unit="s"), "y": asked["y"]})
future = pd.DataFrame({"ds": pd.to_datetime(asked["future"], unit="s")})
answer = []
for options in asked["options"]:
    seasons = options.pop("seasonalities", [])
    fits, predicts = [], []
    for _ in range(12):
        model = Prophet(**options)
        for season in seasons:
            model.add_seasonality(**season)
        a = time.perf_counter(); model.fit(df.copy())
        b = time.perf_counter(); model.predict(future)
        fits.append(1000 * (b - a)); predicts.append(1000 * (time.perf_counter() - b))
    answer.append({"fit": sorted(fits[2:])[5], "predict": sorted(predicts[2:])[5]})
print(json.dumps(answer))
`;

/** Python's Prophet, where $PYTHON (default python3) has it. */
function timePython(): readonly ProphetTiming[] | undefined {
  const future = [1, 2, 3, 4].map((k) => START + STEP * (POINTS - 1 + k));
  const input = JSON.stringify({ ...history(), future, options: CASES.map((c) => c.options) });
  const run = spawnSync(process.env.PYTHON ?? "python3", ["-c", PYTHON], { input, encoding: "utf8" });
  if (run.status !== 0) return undefined;
  return JSON.parse(run.stdout.trim().split("\n").at(-1)!);
}

/** Times every case. Python's column is undefined where its Prophet is not installed. */
export function benchProphet(): readonly ProphetBenchRow[] {
  const wasmFile = join(createRequire(import.meta.url).resolve("@bsull/augurs/prophet"), "../prophet_bg.wasm");
  initSync({ module: readFileSync(wasmFile) });
  const python = timePython();
  return CASES.map(({ name, options }, i) => ({
    name,
    ...timeOurs(options),
    wasm: timeWasm(options),
    python: python?.[i],
  }));
}

/** The rows as a Markdown table: milliseconds, and how many times longer than ours the others take to fit and predict. */
export function prophetTable(rows: readonly ProphetBenchRow[]): string {
  const ms = (v: number) => (Number.isNaN(v) ? "-" : v < 1 ? v.toFixed(3) : v.toFixed(1));
  const pair = (t: ProphetTiming | undefined) =>
    t === undefined ? "not installed" : `${ms(t.fit)} + ${ms(t.predict)}`;
  const ratio = (r: ProphetBenchRow, t: ProphetTiming | undefined) => {
    const times = t === undefined ? Number.NaN : (t.fit + t.predict) / (r.ours.fit + r.ours.predict);
    return Number.isNaN(times) ? "-" : `${times.toFixed(0)} x`;
  };
  const head = [
    "120 points, 4 steps ahead, ms: fit + predict",
    "ours",
    "band in closed form",
    "Stan in WASM",
    "",
    "Python",
    "",
  ];
  const body = rows.map((r) => [
    r.name,
    pair(r.ours),
    ms(r.oursAnalytic),
    pair(r.wasm),
    ratio(r, r.wasm),
    pair(r.python),
    ratio(r, r.python),
  ]);
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

if (import.meta.main) console.log(prophetTable(benchProphet()));
