/** The JSON Schema of what `advise --json` prints. */
import type { Json } from "../job/config/json-schema.ts";
import { array, integer, number, object, orNull, string } from "./schema-words.ts";

const SCORE = {
  cost: number("Pod-hours, with starting pods; of the later half where nothing else is said."),
  under: number("Share of the time with more demand than ready pods serve."),
  unserved: number("Share of the demand above what ready pods serve."),
  actions: integer("Changes of the replicas."),
};

const SETTINGS = {
  settings: object("What was tried.", {
    label: string("In words."),
    "hpaTarget?": number("Of the simulated HPA."),
    "slo?": number("As in the settings."),
    "quantile?": number("As in the settings."),
    "targetCpu?": number("As in the settings; of another first metric its averageValue."),
    "calibration?": number("As in the settings, seconds."),
    "interval?": number("Seconds between two runs."),
    "podStart?": number("Seconds until a pod is ready, in the modelled world."),
    "longHistory?": object("As in the settings.", {
      range: number("Seconds."),
      step: number("Seconds."),
    }),
  }),
  ...SCORE,
};

const TRIED = { ...SETTINGS, earlier: object("The scores of the earlier half, which chose.", SCORE) };

const DAY = object("A day of the later half.", SCORE);

/**
 * The JSON Schema of one answer of `advise --json`. `time` is the schema of a time. `interrupted` has the fields of an answer that
 * Ctrl-C ended early.
 */
export function advice(time: Json, interrupted: Readonly<Record<string, Json>>): Json {
  const span = object("A stretch of time.", { from: time, to: time });
  return object("The settings that cost least and keep the objective, beside the current ones.", {
    current: object("The current settings.", TRIED),
    advised: orNull(
      object("The cheapest settings that kept the objective on the earlier half; null: see why.", {
        ...TRIED,
        days: array(DAY, "Day by day, as long as each is."),
      }),
    ),
    "why?": string("Why nothing is advised."),
    front: array(object("Settings that no others beat on the earlier half.", TRIED), "Cheapest first."),
    others: array(
      object("Another one.", TRIED),
      "What really ran, where the source has recorded it; the simulated HPA at several targets.",
    ),
    nines: array(
      object("A share of the time.", {
        under: number("Most of it that may be below the demand."),
        settings: orNull(object("The cheapest settings within it on the earlier half; null: none.", TRIED)),
      }),
      "What each next nine costs.",
    ),
    "changed?": object("The advised settings, and the same with one thing changed each.", {
      over: span,
      settings: array(
        object("One of them; its scores are over that time.", SETTINGS),
        "The first is without a change. Each change comes alone, and with the settings that were best with it the day before.",
      ),
    }),
    chosenOn: span,
    judgedOn: span,
    ...interrupted,
  });
}
