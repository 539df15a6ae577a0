/** Cases with faulty memory between runs, in the annotation of the real ConfigMap. */
import { encode } from "../../../job/core/state/codec.ts";
import { BLANK_METRIC } from "../../../job/core/state/memory.ts";
import type { TargetState } from "../../../job/core/state/types.ts";
import { type ExpectedResult, type FaultCase, held, scaled } from "../fault-case.ts";
import { withChangedMemory } from "../sound.ts";
import { casesOf, FEW, type Line } from "./lines.ts";

/** Nothing is remembered, so nothing shrinks for one window. */
const forgotten: ExpectedResult = { exit: 0, outcomes: [{ action: "held", reason: "ScaleDownStabilized" }] };
const stored = (state: NonNullable<FaultCase["state"]> | null): Line[2] => ({ state });
/** The sound memory, changed. */
const memory = (change: (memory: TargetState, now: number) => Partial<TargetState>): Line[2] =>
  stored((sound, now) => encode(withChangedMemory(sound, (own) => ({ ...own, ...change(own, now) }))));
/** The JSON as it is stored, changed as a text. */
const raw = (change: (text: string, now: number) => string): Line[2] =>
  stored((sound, now) => change(encode(sound), now));
const stays: ExpectedResult = { exit: 0, outcomes: [{ action: "held" }] };
/** Both are safe: what makes no sense is left out, or nothing shrinks for one window. */
const either: ExpectedResult = { exit: 0, replicas: [5, 8] };
/** Who wrote last is told by managedFields: what a case before has left there. */
const retried: ExpectedResult = { exit: 0, replicas: [3, 5] };
const DAY = 86_400;

const TEXTS: readonly Line[] = [
  ["no annotation", forgotten, stored(null)],
  ["no annotation, too few replicas", scaled(5), { ...FEW, ...stored(null) }],
  ["an empty text", forgotten, stored("")],
  ["no JSON", forgotten, stored("}{ not ours")],
  ["no JSON, too few replicas", scaled(5), { ...FEW, ...stored("}{ not ours") }],
  ["null as a text", forgotten, stored("null")],
  ["a list", forgotten, stored("[]")],
  ["a number", forgotten, stored("42")],
  ["an empty object", forgotten, stored("{}")],
  ["a version to come", forgotten, stored('{"v":99,"t":{}}')],
  ["a version that is a text", forgotten, stored('{"v":"1","t":{}}')],
  ["cut in the middle", forgotten, raw((text) => text.slice(0, text.length / 2))],
  ["targets of null", forgotten, stored('{"v":1,"t":null}')],
  ["targets that are a list", forgotten, stored('{"v":1,"t":[]}')],
  ["lists in lists, 100,000 deep", forgotten, stored("[".repeat(100_000))],
  ["200 KB of spaces", forgotten, stored(" ".repeat(200_000))],
  ["a prototype for a target", forgotten, stored('{"v":1,"t":{"__proto__":{"w":[0,1]},"constructor":{"w":[1,1]}}}')],
  ["control characters and another's text", forgotten, stored("\u001b[31m\u202e forged\u0007")],
  ["fields that nobody knows", scaled(5), raw((text) => text.replace('"v":1', '"v":1,"future":{"a":[1]}'))],
];

const VALUES: readonly Line[] = [
  ["recommendations of the future", stays, memory((_, now) => ({ recommendations: [{ at: now + DAY, replicas: 5 }] }))],
  [
    "recommendations of long ago",
    forgotten,
    memory((_, now) => ({ recommendations: [{ at: now - DAY, replicas: 5 }] })),
  ],
  [
    "a recommendation of 20 replicas a second ago",
    held("ScaleDownStabilized"),
    memory((_, now) => ({ recommendations: [{ at: now - 1, replicas: 20 }] })),
  ],
  [
    "a recommendation of 2 billion replicas",
    stays,
    memory((_, now) => ({ recommendations: [{ at: now - 1, replicas: 2_000_000_000 }] })),
  ],
  ["a recommendation of none", scaled(5), memory((_, now) => ({ recommendations: [{ at: now - 1, replicas: 0 }] }))],
  ["negative replicas", either, raw((text) => text.replace(/"w":\[(\d+),5\]/, '"w":[$1,-5]'))],
  ["half a replica", either, raw((text) => text.replace(/"w":\[(\d+),5\]/, '"w":[$1,4.5]'))],
  ["times that are texts", forgotten, raw((text) => text.replace(/"w":\[\d+,5\]/, '"w":["now",5]'))],
  [
    "ten thousand recommendations",
    scaled(5),
    memory((_, now) => ({
      recommendations: Array.from({ length: 10_000 }, (_r, i) => ({ at: now - 55 + i / 200, replicas: 5 })),
    })),
  ],
  ["a hold after a drop until the year 3000", stays, memory(() => ({ dropHoldUntil: 32_503_680_000 }))],
  ["a hold after a drop that is over", scaled(5), memory((_, now) => ({ dropHoldUntil: now - 1 }))],
  ["a change in the future", stays, memory((_, now) => ({ changes: [{ at: now + DAY, from: 5, to: 8 }] }))],
  [
    "a change a second ago",
    held("CooldownActive"),
    memory((_, now) => ({ changes: [{ at: now - 1, from: 5, to: 8 }] })),
  ],
  [
    "a last write in the future",
    scaled(5),
    memory((_, now) => ({ lastWritten: { at: now + 2 * DAY, replicas: 8, overruled: 0 } })),
  ],
  [
    "undone a billion times: held while a writer is seen",
    retried,
    {
      ...FEW,
      ...memory((_, now) => ({ lastWritten: { at: now - 60, replicas: 3, overruled: 1_000_000_000, foreign: true } })),
    },
  ],
  [
    "three changes undone, too few replicas: held while a writer is seen",
    retried,
    { ...FEW, ...memory((_, now) => ({ lastWritten: { at: now - 60, replicas: 3, overruled: 3, foreign: true } })) },
  ],
  [
    "another's change since the last write",
    scaled(5),
    memory((_, now) => ({ lastWritten: { at: now - 60, replicas: 4, overruled: 0 } })),
  ],
  ["a rollout that never ended", scaled(5), memory((_, now) => ({ rollouts: [[now - 1800, now + DAY]] }))],
  [
    "a forecast of a thousand times the load",
    held("SuddenDrop"),
    memory((own) => ({
      metrics: {
        cpu: {
          ...own.metrics.cpu!,
          lastForecast: { ...own.metrics.cpu!.lastForecast!, max: 2200, quantile: 2200, mean: 2200 },
        },
      },
    })),
  ],
  [
    "a forecast of the future",
    scaled(5),
    memory((own, now) => ({
      metrics: {
        cpu: {
          ...own.metrics.cpu!,
          lastForecast: { ...own.metrics.cpu!.lastForecast!, at: now + DAY, expires: now + 2 * DAY },
        },
      },
    })),
  ],
  [
    "data missing since the future",
    scaled(5),
    memory((_, now) => ({
      metrics: { cpu: { ...BLANK_METRIC, lastGoodData: now + DAY, missingSince: now + DAY } },
    })),
  ],
  [
    "metrics that are no longer asked for",
    scaled(5),
    memory((own, now) => ({
      metrics: { ...own.metrics, queue: { ...BLANK_METRIC, lastGoodData: now } },
    })),
  ],
  [
    "150 KB of other jobs' targets",
    scaled(5),
    stored((sound, now) =>
      encode({ ...sound, targets: { ...sound.targets, ...crowd(sound.targets["faults/neighbour"]!, now) } }),
    ),
  ],
];

/** Memories of eight hundred targets of others. */
function crowd(memory: TargetState, _now: number): Record<string, TargetState> {
  return Object.fromEntries(Array.from({ length: 800 }, (_, i) => [`others/workload-${i}`, memory]));
}

const RUNS: readonly Line[] = [
  ["five runs in a row", unchangedAfter(5), { runs: 5 }],
  ["five runs in a row without data", held("NoData"), { runs: 5, query: "sum(no_such_metric)" }],
  ["eight ticks in one process", { exit: 0 }, { args: ["--json", "--every", "1", "--for", "8"] }],
];

function unchangedAfter(replicas: number): ExpectedResult {
  return { exit: 0, outcomes: [{ action: "unchanged" }], replicas };
}

/** The cases of the kind `state`: faulty texts and values in the stored state. */
export const STATE_CASES = casesOf("state", TEXTS, VALUES, RUNS);
