/** Replays variants of the forecaster: cost and unserved load beside the simulated HPA, series by series. */
import { loadSettings } from "../../job/config/load.ts";
import { autoForecaster } from "../../job/core/forecast/forecasters/auto.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import type { ReplayScore } from "../../job/replay/types.ts";
import { at } from "../policy/entries.ts";
import { playAll } from "../policy/matrix.ts";
import { type BenchSeries, replaySets } from "../series.ts";
import { AS_IT_IS, VARIANTS, type Variant } from "./variants.ts";

/** Variants whose replay is worth its minutes: all with pods that need 30 s, and with other start-up times what there is without any model. */
const REPLAYED = ["last value alone", "last value and ar alone", "without any season", "departures at face value"];
const ALL_AT = 30;

/** One series of one set: its scores by `variant, quantile`, and those of the HPA. */
export interface Replayed {
  readonly set: string;
  readonly name: string;
  readonly scores: Readonly<Record<string, ReplayScore>>;
}

/** Replays all variants with one start-up time in seconds: at the default quantile, and the unchanged forecaster also at 0.897. */
export async function replayRows(startup: number): Promise<Replayed[]> {
  const settings = await loadSettings({
    flags: { deployment: "web", "target-cpu": 0.45 },
    env: {},
    readFile: () => Promise.reject(new Error("the bench reads no file")),
  });
  const replayed = startup === ALL_AT ? REPLAYED : REPLAYED.slice(0, 1);
  const variants: readonly Variant[] = [
    AS_IT_IS,
    ...[...VARIANTS.models, ...VARIANTS.mechanisms].filter(({ name }) => replayed.includes(name)),
  ];
  const rows: Replayed[] = [];
  for (const { set, series } of setsOf()) {
    const scores: Record<string, readonly ReplayScore[]> = {};
    for (const { name, options } of variants) {
      const forecaster = autoForecaster(options);
      const high = { label: `${name}, 0.897`, policy: "auto" as const, target: at(0.897) };
      const entries = [
        { label: "hpa", policy: "hpa" as const },
        { label: name, policy: "auto" as const },
        ...(name === AS_IT_IS.name ? [high] : []),
      ];
      const setup = {
        target: settings.targets[0]!,
        forecasterOf: (method: "auto" | "prophet" | "original" | "naive") =>
          method === "auto" ? forecaster : forecasterOf(method),
      };
      Object.assign(scores, await playAll(series, entries, setup, { startup }));
    }
    series.forEach(({ name }, i) => {
      const own = Object.fromEntries(Object.entries(scores).map(([label, list]) => [label, list[i]!]));
      rows.push({ set, name, scores: own });
    });
  }
  return rows;
}

/** The known replays as one set, and those held back. */
function setsOf(): readonly { readonly set: string; readonly series: readonly BenchSeries[] }[] {
  const sets = replaySets();
  const of = (held: boolean) => sets.filter((set) => set.held === held).flatMap(({ series }) => series);
  return [
    { set: "replay15", series: of(false) },
    { set: "more15", series: of(true) },
  ].filter(({ series }) => series.length > 0);
}
