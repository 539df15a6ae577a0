/** Cases without usable data for longer than `blindAfter`, over several runs, and their end. */
import { encode } from "../../../job/core/state/codec.ts";
import { BLANK_METRIC } from "../../../job/core/state/memory.ts";
import type { Standing, TargetState } from "../../../job/core/state/types.ts";
import { type ExpectedOutcome, type ExpectedResult, type FaultCase, held } from "../fault-case.ts";
import { withChangedMemory } from "../sound.ts";
import { on, put, type WireFault } from "../wire.ts";
import { casesOf, FEW, type Line } from "./lines.ts";
import { annotated } from "./prepare.ts";

/** Of four runs the third is the first after more than the 600 s of `blindAfter`. */
const RUNS = [0, 300, 601, 660];
/** Both clocks go on between the runs. */
const later = (ages: readonly number[] = RUNS) => {
  let run = 0;
  const prometheus: WireFault = on(
    /vector\(1\)/,
    put("data.result[0].value[0]", (now: number) => now + (ages[run++] ?? 0)),
  );
  return { runs: ages.length, clock: ages, prometheus };
};
const away = (ages: readonly number[] = RUNS) => ({
  runs: ages.length,
  clock: ages,
  settings: { prometheus: { url: "http://127.0.0.1:9" } },
});
const none = { query: "sum(no_such_metric)" };
const forecastOnly = { settings: { defaults: { mode: "ForecastOnly" } } };

/** Exit 1, since when, and an Event; the replicas stay. */
const blind = (action: ExpectedOutcome["action"], says = ""): ExpectedResult => ({
  exit: 1,
  outcomes: [{ action }],
  says: new RegExp(`${says}.*blind since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z, longer than blindAfter \\(600 s\\)`),
  event: "Blind",
});
const notYet = (exit: 0 | 1, action: ExpectedOutcome["action"], says: RegExp): ExpectedResult => ({
  exit,
  outcomes: [{ action }],
  says,
  noEvent: "Blind",
});

/** The memory of data that have been missing for so many seconds, and of what was told to stand since. */
function missingFor(seconds: number, standing?: Standing): Line[2] {
  const state: FaultCase["state"] = (sound, now) => {
    const metrics = { cpu: { ...BLANK_METRIC, missingSince: now - seconds } };
    const told = standing === undefined ? {} : { standing: { [standing]: now - seconds } };
    return encode(withChangedMemory(sound, (own): TargetState => ({ ...own, recommendations: [], metrics, ...told })));
  };
  return { state };
}

const LONG: readonly Line[] = [
  ["Prometheus down for 11 minutes, in four runs", blind("failed", "ECONNREFUSED"), away()],
  ["Prometheus down for 11 minutes, too few replicas", blind("failed", "ECONNREFUSED"), { ...FEW, ...away() }],
  ["Prometheus down for 10 minutes", notYet(1, "failed", /ECONNREFUSED/), away(RUNS.slice(0, 2))],
  ["no sample for 11 minutes, in four runs", blind("held", "holds no sample"), { ...none, ...later() }],
  ["no sample for 11 minutes, too few replicas", blind("held"), { ...FEW, ...none, ...later() }],
  ["no sample for 10 minutes", notYet(0, "held", /holds no sample/), { ...none, ...later([0, 300, 540]) }],
  [
    "no sample, and blind since an earlier run: no second Event",
    { exit: 1, outcomes: [{ action: "held" }], says: /blind since/, noEvent: "Blind" },
    { ...none, ...missingFor(660, "Blind") },
  ],
  ["a wrong query for 11 minutes", blind("failed", "400"), { query: "sum(", ...later() }],
  ["samples of NaN for 11 minutes", blind("held", "not a finite number"), { query: "vector(0/0)", ...later() }],
];

const GATED: readonly Line[] = [
  ["ForecastOnly, Prometheus down", blind("failed", "ECONNREFUSED"), { ...away(), ...forecastOnlyAway() }],
  ["ForecastOnly, no sample", blind("held", "holds no sample"), { ...none, ...later(), ...forecastOnly }],
  ["ForecastOnly, a wrong query", blind("failed", "400"), { query: "sum(", ...later(), ...forecastOnly }],
  ["paused, Prometheus down", blind("failed", "ECONNREFUSED"), { ...away(), prepare: annotated("true") }],
  ["paused, no sample", blind("held", "holds no sample"), { ...none, ...later(), prepare: annotated("true") }],
];

function forecastOnlyAway() {
  return { settings: { ...away().settings, ...forecastOnly.settings } };
}

/** Nothing was recommended while blind, so the first run with data keeps what there is. */
const AGAIN: readonly Line[] = [
  ["data again after 11 blind minutes", sees("held", "ScaleDownStabilized"), missingFor(660, "Blind")],
  [
    "data again after 11 blind minutes, too few replicas",
    { ...sees("scaled"), replicas: 5 },
    { ...FEW, ...missingFor(660, "Blind") },
  ],
  [
    "data again after 11 minutes, which no run saw",
    { ...held("ScaleDownStabilized"), noEvent: "DataUsable" },
    missingFor(660),
  ],
  [
    "data again after 11 blind minutes, and ForecastOnly",
    sees("held", "ForecastOnlyMode"),
    { ...missingFor(660, "Blind"), ...forecastOnly },
  ],
  [
    "data again after 11 blind minutes, and paused",
    sees("held", "Paused"),
    { ...missingFor(660, "Blind"), prepare: annotated("true") },
  ],
];

/** The first run with data ends with 0 and tells it. */
function sees(action: ExpectedOutcome["action"], reason?: string): ExpectedResult {
  return { exit: 0, outcomes: [{ action, ...(reason !== undefined && { reason }) }], event: "DataUsable" };
}

/** The cases of the kind `blind`: unusable data for a long time. */
export const BLIND = casesOf("blind", LONG, GATED, AGAIN);
