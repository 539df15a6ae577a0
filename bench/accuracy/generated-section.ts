/** The section of docs/accuracy.md on generated series, from seeds that chose no constant. */
import { backtest } from "../../job/replay/backtest.ts";
import { each } from "../../scripts/waiting.ts";
import { geometric } from "../geometric.ts";
import { generatedSeries } from "./generated.ts";

/** How `auto` did on one series, against the last value on the same origins. */
interface Row {
  readonly kind: string;
  readonly rel: number;
  readonly pinball: number;
  readonly coverage: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v / values.length, 0);

/** Forecasts `origins` times a generated series with `auto`. Returns the section as Markdown. */
export async function generatedSection(origins: number): Promise<string> {
  const rows = await each("generated", "series", generatedSeries(), async ({ kind, series }): Promise<Row> => {
    const { methods } = await backtest(series, { window: 120, horizon: 60, origins, methods: ["auto", "naive"] });
    const auto = methods.auto!;
    const pinball = auto.maxPinball["0.9"] / methods.naive!.maxPinball["0.9"];
    return { kind, rel: auto.relMae, pinball, coverage: auto.coverage90 };
  });
  const summed = (values: readonly number[]) => geometric(values.filter((v) => v > 0 && v < Infinity)).toFixed(3);
  const worse = rows.filter((r) => r.rel > 1);
  const lines = [...new Set(rows.map((r) => r.kind)), "all"].map((kind) => {
    const of = rows.filter((r) => kind === "all" || r.kind === kind);
    const each = kind === "all" ? "" : of.map(({ rel }) => (rel >= 0 ? rel.toFixed(2) : "-")).join(" / ");
    const sums = [
      summed(of.map((r) => r.rel)),
      summed(of.map((r) => r.pinball)),
      mean(of.map((r) => r.coverage)).toFixed(3),
    ];
    return `| ${kind} | ${sums.join(" | ")} | ${each} |`;
  });
  return `## Generated series

${rows.length} seeded series of ${lines.length - 1} kinds (\`bench/accuracy/generated.ts\`), ${origins} origins each. Every kind has three: one at 15 s, one at 15 s as a rate over one minute shows it, and one at 60 s.
Formulas with random parameters: series of these kinds, of other seeds, were among those that constants were chosen on; these were looked at only afterwards. relMAE is above 1 on ${worse.length} of them, by ${worse.length === 0 ? "0" : ((geometric(worse.map((r) => r.rel)) - 1) * 100).toFixed(0)} % on average; one seed
a cell, so 0.97 to 1.03 is not distinguishable from the last value. Nothing beats the last value on a random walk, or foresees a jump that has no cause in the window.

A dash: the last value made no error, so there is no ratio. Such a series is left out of the means.

| kind | relMAE of auto | pinball of the maximum at 0.9 | 90 % coverage | relMAE at 15 s / as a rate / at 60 s |
|---|---|---|---|---|
${lines.join("\n")}
`;
}
