/** Writes docs/ablation.md from the measured parts. */
import { geometric } from "../geometric.ts";
import { policyRatios } from "../policy/matrix.ts";
import { type BootstrapMean, bootstrapMean, differenceOf } from "./bootstrap.ts";
import { CALIBRATION_LEVELS, type Calibration, calibrationLines } from "./calibration.ts";
import { type Bounds, HINDSIGHT_LEVEL, type Hindsight } from "./hindsight.ts";
import { chosenWithout } from "./left-out.ts";
import type { Replayed } from "./replay.ts";
import type { Losses } from "./score.ts";
import { AS_IT_IS } from "./variants.ts";

/** The losses of all variants on one series. */
export interface Scored {
  readonly set: string;
  readonly name: string;
  readonly losses: Readonly<Record<string, Losses>>;
}

/** What one run of a part of the bench measured. */
export interface Piece {
  readonly seed: number;
  readonly origins: number;
  readonly rows: readonly (Scored | Calibration | Replayed | Hindsight)[];
}

/** All measurements, by part and window or start-up: `models 480`, `mechanisms 120`, `calibration`, `hindsight 120`, `replay 30`. */
export type Pieces = Record<string, Piece>;

const HELD_BACK = "held back";
const TARGETS = ["point", "part at 0.7", "part at 0.91"] as const;

/** docs/ablation.md as Markdown. A part that was not measured is left out; a window's row of the first table stays as the page before has it. */
export function ablationPage(pieces: Pieces, before = ""): string {
  const of = (start: string) =>
    Object.entries(pieces)
      .filter(([key]) => key.startsWith(start))
      .sort(([a], [b]) => Number(a.split(" ")[1]) - Number(b.split(" ")[1]));
  const measured = of("models").map(([key, piece]) => levels(key, piece));
  const kept = (before.match(/^\| \d+ \| .*\)( \| .*\))* \|$/gm) ?? []).filter(
    (row) => !measured.some((own) => sizeOf(own) === sizeOf(row)),
  );
  const windows = [...measured, ...kept].sort((a, b) => sizeOf(a) - sizeOf(b));
  return `# What each part of the forecaster is worth

Written by \`npm run bench -- ablation\`, in pieces. Every row is the forecaster with one thing changed. A cell says by how many percent the loss rises with the
change, and in brackets the interval that holds 90 % of the bootstrap means over series. A part pays where the interval lies above zero.

The last row of a table is a choice by that table. For each series we take what was best on all others, but for those made from it or of its kind. The
held-back series take what was best on all others. A choice that pays would lie below zero.

Each series is forecast as the job does it. The point is the mean of the next minute. The quantiles are those of the maximum over the part of the lead in which new pods serve.
Losses are relative to the last value. Known are the public and synthetic traces; some series are made from them; generated ones come of a seed that no
run before has seen. The held-back traces took part in no choice. [The policy, measured](policy.md) has the same replay set by set.

## Where it stands

Geometric means over series of the loss over that of the last value: point / 0.7 / 0.91.

| window | ${SETS.join(" | ")} |
|---|${SETS.map(() => "---|").join("")}
${windows.join("\n")}

${of("models")
  .map(([key, piece]) => differences(`Models, ${key.split(" ")[1]} values`, piece))
  .join("\n")}
${of("mechanisms")
  .map(([key, piece]) => differences(`Mechanisms, ${key.split(" ")[1]} values`, piece))
  .join("\n")}
${pieces.calibration === undefined ? "" : calibration(pieces.calibration)}
${of("hindsight")
  .map(([key, piece]) => hindsight(key, piece))
  .join("\n")}
${of("replay")
  .map(([key, piece]) => replay(key, piece))
  .join("\n")}`;
}

/** The window of a row of the first table. */
const sizeOf = (row: string) => Number(row.split("|")[1]);

const SETS = ["public", "synthetic", "made from these", "generated", HELD_BACK] as const;

function levels(key: string, { rows }: Piece): string {
  const scored = rows as readonly Scored[];
  const cells = SETS.map((set) => {
    const of = scored.filter((row) => row.set === set);
    const mean = (target: keyof Losses) =>
      geometric(of.map(({ losses }) => losses[AS_IT_IS.name]![target]).filter(Number.isFinite)).toFixed(3);
    return of.length === 0 ? "" : `${TARGETS.map(mean).join(" / ")} (${of.length})`;
  });
  return `| ${key.split(" ")[1]} | ${cells.join(" | ")} |`;
}

const cell = ({ mean, low, high }: BootstrapMean) =>
  Number.isFinite(mean) ? `${mean.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})` : "";

/** The row of a choice among all rows of a table that leaves the series out. */
const LEFT_OUT = "the best of all, chosen without the series";

function differences(title: string, { seed, origins, rows }: Piece): string {
  const scored = rows as readonly Scored[];
  const chosenOn = scored.filter((row) => row.set !== HELD_BACK);
  const heldBack = scored.filter((row) => row.set === HELD_BACK);
  const names = Object.keys(scored[0]?.losses ?? {}).filter((name) => name !== AS_IT_IS.name);
  const difference = (list: readonly Scored[], name: string, target: keyof Losses) =>
    cell(
      differenceOf(
        list.map(({ losses }) => losses[name]![target]),
        list.map(({ losses }) => losses[AS_IT_IS.name]![target]),
      ),
    );
  const lines = names.map((name) => {
    const cells = TARGETS.map((target) => difference(chosenOn, name, target));
    return `| ${name} | ${[...cells, heldBack.length === 0 ? "" : difference(heldBack, name, "part at 0.7")].join(" | ")} |`;
  });
  const own = TARGETS.map((target) => cell(bootstrapMean(chosenWithout(chosenOn, target).filter(Number.isFinite))));
  const other = bootstrapMean(chosenWithout(heldBack, "part at 0.7", chosenOn).filter(Number.isFinite));
  lines.push(`| ${LEFT_OUT} | ${[...own, heldBack.length === 0 ? "" : cell(other)].join(" | ")} |`);
  return `## ${title}

${chosenOn.length} series and ${heldBack.length} held back, ${origins} windows each; seed ${seed}. Percent by which the loss rises.

| change | point | part at 0.7 | part at 0.91 | held back, part at 0.7 |
|---|---|---|---|---|
${lines.join("\n")}
`;
}

function calibration({ seed, origins, rows }: Piece): string {
  const all = rows as readonly Calibration[];
  const known = all.filter((row) => row.set !== HELD_BACK);
  const heldBack = all.filter((row) => row.set === HELD_BACK);
  return `## Calibration at 480 values

Share of outcomes at or below the quantile of the maximum over the whole lead; honest is the level itself. ${origins} windows a series, seed ${seed}.
In brackets the interval that holds 90 % of the bootstrap means over series.

| series, lead | ${CALIBRATION_LEVELS.join(" | ")} |
|---|${CALIBRATION_LEVELS.map(() => "---|").join("")}
${calibrationLines("known and fresh", known)}
${heldBack.length === 0 ? "" : calibrationLines(HELD_BACK, heldBack)}
`;
}

/** What weights fitted to the very outcomes would give. */
function hindsight(key: string, { origins, rows }: Piece): string {
  const all = rows as readonly Hindsight[];
  const lines = SETS.flatMap((set) =>
    (["point", "high"] as const).map((target) => {
      const of = all.filter((row) => row.set === set && Number.isFinite(row[target].own));
      const cells = (["own", "bestModel", "bestWeights", "carriedOver"] as const).map((rule) =>
        geometric(of.map((row) => Math.max(0.01, row[target][rule]))).toFixed(3),
      );
      const worst = of.reduce((most, row) => (row[target].own > most[target].own ? row : most), of[0]!);
      const asked = target === "point" ? "point" : `part at ${HINDSIGHT_LEVEL}`;
      return of.length === 0
        ? ""
        : `| ${set}, ${asked} | ${[...cells, worstText(worst.name, worst[target])].join(" | ")} |`;
    }),
  ).filter((line) => line !== "");
  return `## Bounds by hindsight, ${key.split(" ")[1]} values

Losses over the last value's. The best model and the best fixed weights are chosen for each series by its very outcomes, so they bound what one weighting
could reach. "Other half": the model that was best on the other half of the outcomes. ${origins} windows a series at most.

| series, target | ours | best model | best weights | best of the other half | our worst series, 90 % of its bootstrap |
|---|---|---|---|---|---|
${lines.join("\n")}
`;
}

const worstText = (name: string, { own, interval: [low, high] }: Bounds) =>
  `${name} ${own.toFixed(3)} (${low.toFixed(2)} to ${high.toFixed(2)})`;

function replay(key: string, { rows }: Piece): string {
  const all = rows as readonly Replayed[];
  const lines = ["replay15", "more15"].flatMap((set) => {
    const of = all.filter((row) => row.set === set);
    const labels = Object.keys(of[0]?.scores ?? {}).filter((label) => label !== "hpa");
    return labels.map((label) => {
      const [own, hpa, beside] = [label, "hpa", AS_IT_IS.name].map((l) => of.map((row) => row.scores[l]!));
      const { cost, under, unserved, actions } = policyRatios(own!, hpa!);
      const paired = differenceOf(
        own!.map((s) => s.podHours),
        beside!.map((s) => s.podHours),
      );
      const told = [cost, under, unserved, actions].map((v) => v.toFixed(3)).join(" / ");
      return `| ${set === "more15" ? HELD_BACK : "known"}, ${label} | ${told} | ${label === AS_IT_IS.name ? "" : cell(paired)} |`;
    });
  });
  return `## Replay, pods that need ${key.split(" ")[1]} s to start

Ratios to HPA's: cost, time under the demand, unserved demand, actions; and by how many percent the cost differs from the forecaster as it is.

| series, variant | cost / under / unserved / actions | cost against as it is, % |
|---|---|---|
${lines.join("\n")}
`;
}
