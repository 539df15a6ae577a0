/** Makes the JSON Schema of what each command prints with --json. `npm run docs` writes it; a test compares real answers. */
import type { Json } from "../job/config/json-schema.ts";
import { SET_FIELDS } from "../job/core/target.ts";
import { advice } from "./advice-schema.ts";
import { FORECAST_SCHEMA, METRIC_SCHEMA, STAGE_SCHEMA } from "./decision-schema.ts";
import { array, boolean, dictOf, enumOf, integer, number, object, orNull, ref, string, time } from "./schema-words.ts";

const STANDING = ["Blind", "OtherScaler", "Paused", "FleetDrop"];

const OUTCOME_FIELDS = {
  namespace: string("Namespace of the target."),
  name: string("Name of the target."),
  object: string("The object whose number is set, as kind/name."),
  sets: enumOf([...SET_FIELDS], "Which number is set: minReplicas where the object is an HPA."),
  action: enumOf(
    ["scaled", "wouldScale", "unchanged", "held", "failed"],
    "What was done. `wouldScale`: nothing is written, by a dry run or a pretended cluster.",
  ),
  from: orNull(integer("The number before; null: not known.")),
  to: orNull(integer("The number after, or what it would be with `wouldScale`; null: not known.")),
  reason: string("A reason or a failure of docs/reasons.md."),
  message: string("Why, in one sentence."),
  "failed?": enumOf(
    ["metric", "scale", "state", "rescale", "settings"],
    "What could not be done, where `action` is failed.",
  ),
  forecast: orNull(ref("forecast")),
  metrics: array(ref("metric"), "Every metric of the target; empty where nothing was computed."),
  "otherWriter?": object("Somebody else's change after our last one; absent: none.", {
    by: orNull(string("Its name; null: not known.")),
    replicas: integer("What it set."),
    times: integer("Changes of ours in a row that were undone."),
    since: time("When a run first found it."),
    message: string("The whole in one sentence."),
  }),
  "blindSince?": time("Since when no metric has had usable data, where that is longer than `blindAfter`."),
  "standing?": object("What begins or ends with this run; absent: nothing.", {
    began: array(enumOf(STANDING, "A name."), "What begins."),
    ended: array(enumOf(STANDING, "A name."), "What ends."),
  }),
  trail: array(ref("stage"), "The stages of the decision, in order."),
};

const TOLD_OF = object("What was told of this.", {
  since: time("When it began."),
  told: time("When it was last told."),
  gone: orNull(time("When it was first found gone; null: it goes on.")),
});

const SERVICE = {
  at: time("Until when."),
  below: number("Seconds above."),
  seen: number("Seconds counted."),
};

const REMEMBERED = object("What is remembered of a target between runs.", {
  recommendations: array(
    object("A past recommendation.", { at: time("When."), replicas: integer("Replicas.") }),
    "Those that the stabilisation windows still need, oldest first.",
  ),
  changes: array(
    object("A change that we made.", {
      at: time("When."),
      from: integer("Before."),
      to: integer("After."),
    }),
    "Our changes, oldest first.",
  ),
  metrics: dictOf(
    object("Of one metric.", {
      lastForecast: orNull(
        object("The last forecast, in the metric's unit.", {
          at: time("When it was made."),
          expires: time("Until when it may be used."),
          max: number("Largest demand, as expected."),
          quantile: number("The quantile that pods were planned for."),
          level: number("Which quantile."),
          mean: number("Mean demand, as expected."),
          method: string("Who made it."),
        }),
      ),
      lastGoodData: orNull(time("When its data were last usable; null: never.")),
      missingSince: orNull(time("Since when its data have been unusable; null: they are usable.")),
      incomplete: array(
        array({ type: "number" }, "Begin and end, seconds since 1970."),
        "When its sums were incomplete.",
      ),
    }),
    "By the metric's name.",
  ),
  rollouts: array(array({ type: "number" }, "Begin and end, seconds since 1970."), "Rollouts within the history."),
  dropHoldUntil: orNull(time("Until when a sudden drop forbids scale-in; null: none.")),
  service: orNull(
    object("Time in which the demand was above what the pods carry; null: no `slo`, or not known.", SERVICE),
  ),
  lastWritten: orNull(
    object("Our last change, or the other writer's after it.", {
      at: time("When."),
      replicas: integer("What was set."),
      overruled: integer("Changes in a row that were undone."),
      "foreign?": boolean("Whether another writer set it."),
      "floor?": boolean("Whether it was the minReplicas of an HPA."),
    }),
  ),
  "standing?": object("What stands, since when. Seconds since 1970.", {
    "Blind?": number("No usable data for longer than `blindAfter`."),
    "FleetDrop?": number("Its scale-in is held, for most of the targets want to shrink at once."),
    "OtherScaler?": number("Another scaler on the same workload."),
    "Paused?": number("The pause annotation."),
  }),
  "heldSince?": time("Since when each decision has held the replicas; absent: the last one did not."),
  "kind?": string("The kind of the workload that the memory is of; absent: a Deployment."),
  "notified?": object("What people were told of.", {
    "failed?": TOLD_OF,
    "blind?": TOLD_OF,
    "overruled?": TOLD_OF,
  }),
});

const TIME: Json = {
  type: "string",
  format: "date-time",
  description: "The time that was decided for, RFC 3339 in UTC.",
};

const DISCOVERY = object("What finding targets came to; absent: the settings have no `discover`.", {
  found: integer("Workloads that opted in."),
  listed: integer("Of them, those that are listed as well: the list takes precedence."),
  refused: integer("Of them, those whose settings are wrong. Each is a failed target."),
  failures: array(
    string("What was asked and what came back."),
    "Lists that could not be read. With any, the exit code is 1.",
  ),
});

const TARGETS = "One a target: those that are listed, in the order of the settings, then those that are found.";

const run = (outcome: string, description: string, targets = TARGETS) =>
  object(description, {
    time: TIME,
    dryRun: boolean("Nothing was written: a dry run, or a pretended cluster."),
    targets: array(ref(outcome), targets),
    "discovery?": DISCOVERY,
  });

const SCORE = object("What one policy came to.", {
  podHours: number("Pods x hours, with starting ones."),
  under: number("Share of steps with more demand than ready pods can serve."),
  unserved: number("Share of the demand above what ready pods can serve."),
  actions: integer("Changes of the replicas."),
});

const LOSSES = (levels: readonly string[], of: string): Json =>
  object(
    `Mean pinball loss of the quantiles of the horizon's ${of}.`,
    Object.fromEntries(levels.map((q) => [q, number(`That of the ${q} quantile.`)])),
  );

const ACCURACY = object("Accuracy of one method.", {
  mae: number("Mean absolute error."),
  relMae: orNull(number("Against the last value on the same origins; null: that made no error at all.")),
  coverage90: number("Share of origins within the 5 % and 95 % quantiles."),
  pinball: LOSSES(["0.5", "0.9", "0.95"], "mean"),
  maxPinball: LOSSES(["0.9", "0.95"], "maximum"),
});

const interrupted = {
  "interrupted?": { const: true, description: "Ctrl-C ended it; the answer is of what was done." },
};

/** The JSON Schema of what each command prints with --json, by the command's name. */
export const ANSWERS: Readonly<Record<string, Json>> = {
  run: run("outcome", "What became of each target. The same with and without --once."),
  explain: run(
    "explained",
    "What it would do now, and what it remembers; with --at the decision of that time, and nothing remembered.",
  ),
  history: run("past", "Decisions of the past, made again.", "One a decision, oldest first."),
  advise: advice(TIME, interrupted),
  doctor: object("What was checked, and what to do about it.", {
    checks: array(
      object("One check.", {
        check: string("What was looked at."),
        status: enumOf(["ok", "warn", "fail"], "How it is."),
        message: string("What was found."),
        "todo?": string("What to do."),
      }),
      "In order.",
    ),
  }),
  replay: object("What each policy came to over the series.", {
    file: string("What was replayed."),
    startup: number("Seconds from a decision to ready pods."),
    steps: integer("Steps of 15 s that were played."),
    policies: dictOf(SCORE, "By the policy's name."),
    ...interrupted,
  }),
  backtest: object("How good the forecasts of each method were.", {
    file: string("The series file."),
    step: number("Seconds between two samples."),
    window: integer("Samples that each forecast saw."),
    horizonSteps: integer("Steps that were forecast."),
    origins: integer("Forecasts that were made."),
    methods: dictOf(ACCURACY, "By the method's name."),
    ...interrupted,
  }),
};

/** The whole schema (JSON Schema, draft 2020-12). `$defs` has each command's answer under its name, and the parts that answers share. */
export function outputSchema(): Json {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "What prophet-autoscaler prints with --json",
    description: "New fields may come; those that are here stay. `$defs` has each command's answer under its name.",
    anyOf: Object.keys(ANSWERS).map(ref),
    $defs: {
      ...ANSWERS,
      outcome: object("What became of one target in one run.", OUTCOME_FIELDS),
      explained: object("What would become of one target, and what is remembered of it.", {
        ...OUTCOME_FIELDS,
        "remembered?": orNull(ref("remembered")),
      }),
      past: object("A past decision, made again.", { time: TIME, ...OUTCOME_FIELDS }),
      metric: METRIC_SCHEMA,
      forecast: FORECAST_SCHEMA,
      stage: STAGE_SCHEMA,
      remembered: REMEMBERED,
    },
  };
}
