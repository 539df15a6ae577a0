/** Makes the JSON Schema of what each command prints with --json. `npm run docs` writes it; a test compares real answers. */
import type { Json } from "../job/config/json-schema.ts";
import { REASONS } from "../job/core/policy/reasons.ts";
import { STAGES } from "../job/core/policy/stages.ts";
import { SET_FIELDS } from "../job/core/target.ts";
import { advice } from "./advice-schema.ts";
import { byName, choice, flag, list, number, object, orNull, part, seconds, text, whole } from "./schema-words.ts";

const FORECAST = object("A forecast in figures, in the metric's unit.", {
  max: number("Largest demand while new pods serve, as expected."),
  quantile: orNull(number("The quantile of that maximum that pods are for; null: none.")),
  level: orNull(number("Which quantile, 0 to 1; null: none.")),
  method: text("Who made the forecast."),
});

const STAGE = object("One stage of the decision.", {
  stage: choice([...new Set(STAGES.map(({ stage }) => stage))], "docs/reasons.md has one line on each."),
  "metric?": text("The metric that the stage was about; absent: the whole target."),
  from: whole("Replicas that went in."),
  to: whole("Replicas that came out."),
  reason: choice(Object.keys(REASONS), "docs/reasons.md says what each means."),
  message: text("One sentence with the numbers."),
  "detail?": {
    type: "object",
    description: "The numbers of the stage.",
    additionalProperties: { type: ["number", "string", "boolean", "null"] },
  },
});

const METRIC = object("What one metric of a target came to, in its unit.", {
  name: text("Its name."),
  unit: text("Its unit."),
  averageValue: number("What one pod should carry."),
  data: object("The verdict on its data.", {
    verdict: choice(["act", "upOnly", "hold"], "What the data allow: both directions, scale-out only, nothing."),
    reason: choice(Object.keys(REASONS), "Why."),
  }),
  demand: orNull(number("Current demand; null: not known.")),
  replicas: whole("Replicas that it alone asks for."),
  forecast: orNull(part("forecast")),
});

const STANDING = ["Blind", "OtherScaler", "Paused", "FleetDrop"];

const OUTCOME_FIELDS = {
  namespace: text("Namespace of the target."),
  name: text("Name of the target."),
  object: text("The object whose number is set, as kind/name."),
  sets: choice([...SET_FIELDS], "Which number is set: minReplicas where the object is an HPA."),
  action: choice(
    ["scaled", "wouldScale", "unchanged", "held", "failed"],
    "What was done. `wouldScale`: nothing is written, by a dry run or a pretended cluster.",
  ),
  from: orNull(whole("The number before; null: not known.")),
  to: orNull(whole("The number after, or what it would be with `wouldScale`; null: not known.")),
  reason: text("A reason or a failure of docs/reasons.md."),
  message: text("Why, in one sentence."),
  "failed?": choice(
    ["metric", "scale", "state", "rescale", "settings"],
    "What could not be done, where `action` is failed.",
  ),
  forecast: orNull(part("forecast")),
  metrics: list(part("metric"), "Every metric of the target; empty where nothing was computed."),
  "otherWriter?": object("Somebody else's change after our last one; absent: none.", {
    by: orNull(text("Its name; null: not known.")),
    replicas: whole("What it set."),
    times: whole("Changes of ours in a row that were undone."),
    since: seconds("When a run first found it."),
    message: text("The whole in one sentence."),
  }),
  "blindSince?": seconds("Since when no metric has had usable data, where that is longer than `blindAfter`."),
  "standing?": object("What begins or ends with this run; absent: nothing.", {
    began: list(choice(STANDING, "A name."), "What begins."),
    ended: list(choice(STANDING, "A name."), "What ends."),
  }),
  trail: list(part("stage"), "The stages of the decision, in order."),
};

const TOLD_OF = object("What was told of this.", {
  since: seconds("When it began."),
  told: seconds("When it was last told."),
  gone: orNull(seconds("When it was first found gone; null: it goes on.")),
});

const SERVICE = { at: seconds("Until when."), below: number("Seconds above."), seen: number("Seconds counted.") };

const REMEMBERED = object("What is remembered of a target between runs.", {
  recommendations: list(
    object("A past recommendation.", { at: seconds("When."), replicas: whole("Replicas.") }),
    "Those that the stabilisation windows still need, oldest first.",
  ),
  changes: list(
    object("A change that we made.", { at: seconds("When."), from: whole("Before."), to: whole("After.") }),
    "Our changes, oldest first.",
  ),
  metrics: byName(
    object("Of one metric.", {
      lastForecast: orNull(
        object("The last forecast, in the metric's unit.", {
          at: seconds("When it was made."),
          expires: seconds("Until when it may be used."),
          max: number("Largest demand, as expected."),
          quantile: number("The quantile that pods were planned for."),
          level: number("Which quantile."),
          mean: number("Mean demand, as expected."),
          method: text("Who made it."),
        }),
      ),
      lastGoodData: orNull(seconds("When its data were last usable; null: never.")),
      missingSince: orNull(seconds("Since when its data have been unusable; null: they are usable.")),
      incomplete: list(
        list({ type: "number" }, "Begin and end, seconds since 1970."),
        "When its sums were incomplete.",
      ),
    }),
    "By the metric's name.",
  ),
  rollouts: list(list({ type: "number" }, "Begin and end, seconds since 1970."), "Rollouts within the history."),
  dropHoldUntil: orNull(seconds("Until when a sudden drop forbids scale-in; null: none.")),
  service: orNull(
    object("Time in which the demand was above what the pods carry; null: no `slo`, or not known.", SERVICE),
  ),
  lastWritten: orNull(
    object("Our last change, or the other writer's after it.", {
      at: seconds("When."),
      replicas: whole("What was set."),
      overruled: whole("Changes in a row that were undone."),
      "foreign?": flag("Whether another writer set it."),
      "floor?": flag("Whether it was the minReplicas of an HPA."),
    }),
  ),
  "standing?": object("What stands, since when. Seconds since 1970.", {
    "Blind?": number("No usable data for longer than `blindAfter`."),
    "FleetDrop?": number("Its scale-in is held, for most of the targets want to shrink at once."),
    "OtherScaler?": number("Another scaler on the same workload."),
    "Paused?": number("The pause annotation."),
  }),
  "heldSince?": seconds("Since when each decision has held the replicas; absent: the last one did not."),
  "kind?": text("The kind of the workload that the memory is of; absent: a Deployment."),
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
  found: whole("Workloads that opted in."),
  listed: whole("Of them, those that are listed as well: the list wins."),
  refused: whole("Of them, those whose settings are wrong. Each is a failed target."),
  failures: list(
    text("What was asked and what came back."),
    "Lists that could not be read. With any, the exit code is 1.",
  ),
});

const TARGETS = "One a target: those that are listed, in the order of the settings, then those that are found.";

const run = (outcome: string, description: string, targets = TARGETS) =>
  object(description, {
    time: TIME,
    dryRun: flag("Nothing was written: a dry run, or a pretended cluster."),
    targets: list(part(outcome), targets),
    "discovery?": DISCOVERY,
  });

const SCORE = object("What one policy came to.", {
  podHours: number("Pods x hours, with starting ones."),
  under: number("Share of steps with more demand than ready pods can serve."),
  unserved: number("Share of the demand above what ready pods can serve."),
  actions: whole("Changes of the replicas."),
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

/** What each command with --json prints, by the command's name. */
export const ANSWERS: Readonly<Record<string, Json>> = {
  run: run("outcome", "What became of each target. The same with and without --once."),
  explain: run(
    "explained",
    "What it would do now, and what it remembers; with --at the decision of that time, and nothing remembered.",
  ),
  history: run("past", "Decisions of the past, made again.", "One a decision, oldest first."),
  advise: advice(TIME, interrupted),
  doctor: object("What was checked, and what to do about it.", {
    checks: list(
      object("One check.", {
        check: text("What was looked at."),
        status: choice(["ok", "warn", "fail"], "How it is."),
        message: text("What was found."),
        "todo?": text("What to do."),
      }),
      "In order.",
    ),
  }),
  replay: object("What each policy came to over the series.", {
    file: text("What was replayed."),
    startup: number("Seconds from a decision to ready pods."),
    steps: whole("Steps of 15 s that were played."),
    policies: byName(SCORE, "By the policy's name."),
    ...interrupted,
  }),
  backtest: object("How good the forecasts of each method were.", {
    file: text("The series file."),
    step: number("Seconds between two samples."),
    window: whole("Samples that each forecast saw."),
    horizonSteps: whole("Steps that were forecast."),
    origins: whole("Forecasts that were made."),
    methods: byName(ACCURACY, "By the method's name."),
    ...interrupted,
  }),
};

/** The schema as a plain object (draft 2020-12); `$defs` has the answer of each command under the command's name. */
export function outputSchema(): Json {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "What prophet-autoscaler prints with --json",
    description: "New fields may come; those that are here stay. `$defs` has each command's answer under its name.",
    anyOf: Object.keys(ANSWERS).map(part),
    $defs: {
      ...ANSWERS,
      outcome: object("What became of one target in one run.", OUTCOME_FIELDS),
      explained: object("What would become of one target, and what is remembered of it.", {
        ...OUTCOME_FIELDS,
        "remembered?": orNull(part("remembered")),
      }),
      past: object("A past decision, made again.", { time: TIME, ...OUTCOME_FIELDS }),
      metric: METRIC,
      forecast: FORECAST,
      stage: STAGE,
      remembered: REMEMBERED,
    },
  };
}
