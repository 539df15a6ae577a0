/** Cases with faulty data in a real Prometheus: missing, impossible and moving CPU values. */
import { encode } from "../../../job/core/state/codec.ts";
import { type ExpectedResult, type FaultCase, held, scaled } from "../fault-case.ts";
import { type CaseLoad, steadyCores } from "../load.ts";
import { SOUND, STEADY, withChangedMemory } from "../sound.ts";
import { casesOf, FEW, type Line } from "./lines.ts";

type Data = Line[2];

const gauge = (cores: CaseLoad["cores"]): Data => ({ load: { cores, as: "gauge" } });
const counter = (cores: CaseLoad["cores"], scrape = 15): Data => ({ load: { cores, scrape } });
/** The steady load, but for these ages. */
const but = (when: (age: number) => boolean, value: number | null): CaseLoad["cores"] => {
  return (age) => (when(age) ? value : steadyCores(age));
};
const newest = (age: number) => age < 15;
const always = () => true;
const limited = (podCpuLimit: number) => ({ defaults: { podCpuLimit } });
/** The memory of a load that was small all along. */
const idle: FaultCase["state"] = (sound, now) =>
  encode(
    withChangedMemory(sound, (memory) => ({
      ...memory,
      metrics: {},
      recommendations: [{ at: now - 55, replicas: 2 }],
    })),
  );
/** Held for whichever stage; the message names the data's fault. */
const upOnly = (says: RegExp): ExpectedResult => ({ exit: 0, outcomes: [{ action: "held" }], says });

const MISSING: readonly Line[] = [
  [SOUND, scaled(5), { load: STEADY }],
  ["sound data, too few replicas", scaled(5), { ...FEW, ...counter(steadyCores) }],
  ["sound data from a gauge", scaled(5), gauge(steadyCores)],
  ["no series of that name", held("NoData", /no sample/), { query: "sum(no_such_metric)" }],
  ["no series, too few replicas", held("NoData"), { ...FEW, query: "sum(no_such_metric)" }],
  ...[30, 45, 60, 75, 90, 120].map((ended): Line => {
    const name = `the scrape ended ${ended} seconds ago`;
    return [name, { exit: 0, replicas: [5, 8] }, counter(but((age) => age < ended, null))];
  }),
  ["the scrape ended 3 minutes ago", held("StaleData"), counter(but((age) => age < 180, null))],
  [
    "the scrape ended 3 minutes ago, too few replicas",
    held("StaleData"),
    { ...FEW, ...counter(but((age) => age < 180, null)) },
  ],
  ["the scrape ended 10 minutes ago", held("StaleData"), counter(but((age) => age < 600, null))],
  ["the scrape ended 50 minutes ago", held("StaleData"), counter(but((age) => age < 3000, null))],
  [
    "a gauge whose scrape ended 4 minutes ago, which Prometheus repeats",
    upOnly(/StaleData: the newest value has been repeated for/),
    gauge(but((age) => age < 240, null)),
  ],
  ["the first sample is 10 seconds old", held("NoData"), counter((age) => (age <= 10 ? 2.2 : null))],
  ["the first two samples came just now", held("TooFewSamples"), counter((age) => (age <= 15 ? 2.2 : null))],
  ["one minute of history", upOnly(/window|scale.in/), counter((age) => (age <= 75 ? 2.2 : null))],
  [
    "one minute of history, too few replicas",
    scaled([5, 7]),
    { ...FEW, ...counter((age) => (age <= 75 ? 2.2 : null)) },
  ],
  ["three minutes of history", upOnly(/window|scale in/), counter((age) => (age <= 195 ? steadyCores(age) : null))],
  ["a hole of 10 minutes in the window", upOnly(/%/), counter(but((age) => age > 300 && age < 960, null))],
  [
    "a hole of 10 minutes, too few replicas",
    scaled(5),
    { ...FEW, ...counter(but((age) => age > 300 && age < 960, null)) },
  ],
  ["holes of 2 minutes every 4 minutes", upOnly(/%/), counter(but((age) => age % 240 > 120, null))],
  ["a hole of 2 minutes in the window", scaled([5, 6]), counter(but((age) => age > 300 && age < 420, null))],
  ["a scrape slower than the rate's window", held("NoData"), counter(steadyCores, 90)],
  ["a scrape every 30 seconds", scaled(5), counter(steadyCores, 30)],
];

const IMPOSSIBLE: readonly Line[] = [
  ["the newest sample is NaN", upOnly(/not a finite number/), gauge(but(newest, Number.NaN))],
  ["the newest sample is NaN, too few replicas", scaled(5), { ...FEW, ...gauge(but(newest, Number.NaN)) }],
  ["every sample is NaN", held("NotFinite"), gauge(but(always, Number.NaN))],
  ["three minutes of NaN", held("NotFinite", /not a finite number/), gauge(but((age) => age < 180, Number.NaN))],
  ["the newest sample is +Inf", upOnly(/not a finite number/), gauge(but(newest, Number.POSITIVE_INFINITY))],
  ["every sample is +Inf", held("NotFinite"), gauge(but(always, Number.POSITIVE_INFINITY))],
  ["the newest sample is -Inf", upOnly(/not a finite number/), gauge(but(newest, Number.NEGATIVE_INFINITY))],
  ["the newest sample is negative", upOnly(/negative/), gauge(but(newest, -2))],
  ["every sample is negative", held("NegativeData"), gauge(but(always, -2.2))],
  ["three minutes of negative samples", held("NegativeData"), gauge(but((age) => age < 180, -1))],
  ["rounding below zero", held("ZeroUsage"), gauge(but(always, -1e-15))],
  ["exactly zero while pods run", held("ZeroUsage", /exactly 0/), gauge(but(always, 0))],
  ["the newest sample is exactly zero", upOnly(/exactly 0/), gauge(but(newest, 0))],
  ["three minutes of zero", held("ZeroUsage"), gauge(but((age) => age < 180, 0))],
  ["a denormal number", held("ZeroUsage"), gauge(but(always, 5e-324))],
  ["counters that stand still for 5 minutes", held("ZeroUsage"), counter(but((age) => age < 300, 0))],
  [
    "every third sample is zero, the newest too",
    upOnly(/exactly 0/),
    gauge(but((age) => Math.round(age / 15) % 3 === 0, 0)),
  ],
  ["the largest double", held("AboveCapacity"), gauge(but(always, Number.MAX_VALUE))],
  ["the newest sample is the largest double", held("AboveCapacity"), gauge(but(newest, Number.MAX_VALUE))],
  ["milli-cores", held("AboveCapacity", /milli/), gauge((age) => Math.round(steadyCores(age) * 1000))],
  [
    "milli-cores, too few replicas",
    held("AboveCapacity"),
    { ...FEW, ...gauge((age) => Math.round(steadyCores(age) * 1000)) },
  ],
  ["bytes of memory for cores", held("AboveCapacity"), gauge((age) => Math.round(steadyCores(age) * 1e9))],
  ["a counter without rate()", held("AboveCapacity", /rate\(\)/), gauge((age) => 40_000 - 2.2 * age)],
  [
    "percent of a core for cores",
    held("AboveCapacity"),
    { ...gauge((age) => steadyCores(age) * 100), settings: limited(1) },
  ],
  [
    "more than the pods' limits allow",
    held("AboveCapacity"),
    { ...gauge((age) => steadyCores(age) * 10), settings: limited(1) },
  ],
];

const MOVES: readonly Line[] = [
  ["the load falls to a tenth within a minute", held("SuddenDrop"), gauge(but((age) => age < 45, 0.2))],
  [
    "the load falls to a tenth 3 minutes ago",
    held("SuddenDrop"),
    gauge((age) => (age < 180 ? steadyCores(age) / 10 : steadyCores(age))),
  ],
  ["one sample of a tenth", held("SuddenDrop"), gauge(but(newest, 0.2))],
  ["one sample of ten times the load", scaled(20), { ...FEW, ...gauge(but(newest, 22)) }],
  ["the load jumps to ten times", scaled(20), { ...FEW, ...gauge(but((age) => age < 60, 22)) }],
  ["the load doubles within two minutes", scaled([9, 11]), { ...FEW, ...gauge(but((age) => age < 120, 4.4)) }],
  [
    "far more than maxReplicas can carry",
    scaled(20, /at most 20|TooManyReplicas|maxReplicas/),
    gauge((age) => steadyCores(age) * 20),
  ],
  ["far less than minReplicas can carry", scaled(2), { ...gauge((age) => steadyCores(age) / 50), state: idle }],
  ["noise as large as the load", scaled([9, 11]), gauge((age) => 2.2 + 2.1 * Math.sin(age * age * 0.37))],
];

/** The cases of the kind `data` whose samples are faulty. */
export const DATA = casesOf("data", MISSING, IMPOSSIBLE, MOVES);
