/** `npm run bench -- advise`: compares what `advise` promised on the earlier half of each history with the later half; rewrites part of docs/advise.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adviceOf } from "../job/cli/advise-choice.ts";
import { gridOf } from "../job/cli/advise-grid.ts";
import { resolveTarget } from "../job/config/target-settings.ts";
import { forecasterOf } from "../job/core/forecast/method.ts";
import { inTurn, playTrials } from "../job/replay/advise.ts";
import { inThreads } from "../job/replay/trial-workers.ts";
import type { ReplayOptions } from "../job/replay/types.ts";
import { REPLAY_DEFAULTS } from "../job/replay/world.ts";
import { each, interruption } from "../scripts/waiting.ts";
import { keepScores, PICTURED } from "./advise/kept-scores.ts";
import { type AdviseResult, putResults, resultOf } from "./advise/page.ts";
import { readFlags } from "./flags.ts";
import { readCsv, readRangeFile, tracesFolder } from "./series.ts";

const ROOT = join(import.meta.dirname, "..");
const PAGE = join(ROOT, "docs/advise.md");
const RESULTS_FILE = join(ROOT, "docs/advise/results.json");

/** Most of the time that may be below the demand. */
const SLO = 0.005;

/** A history, what it is, and where its modelled world is not the default. */
interface Source {
  readonly name: string;
  readonly kind: AdviseResult["kind"];
  readonly about: string;
  readonly file: string;
  readonly world?: Partial<ReplayOptions>;
}

/** The recorded fixture is as long as it is: half an hour is no day, and so nothing is promised on it. */
export const RECORDED: Source = {
  name: "sine",
  kind: "recorded",
  about: "35 minutes after the warm-up, of our own stress-app (fixtures/recorded/sine.json)",
  file: join(ROOT, "fixtures/recorded/sine.json"),
  world: { warmup: 900, request: 0.1, targetCpu: 0.09, max: 20 },
};

/** Two days and more of each. Defaults of this project were chosen on the first two's kind, and none on the others. */
const TRACES: readonly (readonly [path: string, kind: AdviseResult["kind"], about: string])[] = [
  ["public/wc98_groupstage", "public", "the web site of the World Cup of 1998, 3 days"],
  [
    "public/nab_asg_misconfig",
    "public",
    "CPU of a group of machines, from NAB; 5-minute samples read as minutes, 100 hours",
  ],
  ["more/ms_ingress01", "held back", "ingress of a service of Microsoft, 3 days"],
  ["more/ms_ingress03", "held back", "ingress of another service, 3 days"],
  ["more/ms_machine01", "held back", "queries of one machine, 3 days"],
  ["more/ms_mongo01", "held back", "queries of a database, 3 days"],
  ["more/ms_mongo04", "held back", "queries of another database, 3 days"],
  ["more/nasa_jul17_60", "held back", "the web site of NASA in July 1995, 3 days"],
];

const NAMES = [RECORDED.name, ...TRACES.map(([path]) => path.slice(path.indexOf("/") + 1))];

const FLAGS = {
  only: {
    type: "string",
    list: NAMES,
    about: "measures these series anew; the others stay as they were measured last: a list of",
  },
  draw: { type: "boolean", default: false, about: "makes the page from what was measured last" },
} as const;

/** Runs the bench and rewrites its part of docs/advise.md. */
export async function main(args: readonly string[]): Promise<void> {
  const values = readFlags(args, FLAGS);
  const names = values.draw ? [] : values.only?.split(",");
  const wanted = sources().filter(({ name }) => names?.includes(name) ?? true);
  const measured = (await each("advise", "series", wanted, measure)).filter((one) => one !== null);
  const before = JSON.parse(readFileSync(RESULTS_FILE, "utf8")) as AdviseResult[];
  const results = [...before.filter(({ name }) => !measured.some((one) => one.name === name)), ...measured];
  results.sort((a, b) => NAMES.indexOf(a.name) - NAMES.indexOf(b.name));
  writeFileSync(RESULTS_FILE, `[\n${results.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
  writeFileSync(PAGE, putResults(readFileSync(PAGE, "utf8"), results));
}

function sources(): readonly Source[] {
  const traces = tracesFolder();
  if (traces === null) console.error("the public traces are not on this machine: their results stay as they are");
  const found = TRACES.map(([path, kind, about]): Source => {
    return { name: path.slice(path.indexOf("/") + 1), kind, about, file: join(traces ?? "", `${path}.csv`) };
  });
  return [RECORDED, ...(traces === null ? [] : found)];
}

/**
 * Measures one history: what `advise` chooses on its earlier half, and how that does on its later half. Null where Ctrl-C ended it
 * early.
 */
export async function measure({ name, kind, about, file, world: own }: Source): Promise<AdviseResult | null> {
  const world = { ...REPLAY_DEFAULTS, ...own };
  const target = resolveTarget({ scaleTargetRef: { name: "workload" }, targetCpu: world.targetCpu });
  const samples = file.endsWith(".json") ? readRangeFile(file) : readCsv(file);
  const setup = { samples, others: [], world, trials: gridOf(target, world, null) };
  const played = await playTrials(setup, inThreads(2, inTurn(forecasterOf)), () => !interruption().aborted);
  if (!played.ended) return null;
  if (name === PICTURED) keepScores(name, SLO, played);
  return resultOf({ name, kind, about }, adviceOf(name, played, SLO, null), played.judgedOn);
}
