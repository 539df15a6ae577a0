/** Prints a run's text, plot and pictures beside its JSON; nothing here changes what was done. */
import { extname } from "node:path";
import { forecasterOf } from "../core/forecast/method.ts";
import type { MetricRecord, TickRecord } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Components } from "../report/components.ts";
import type { Reported } from "../report/reporter.ts";
import type { Flags, Io } from "./io.ts";
import { writeOutput } from "./outputs.ts";

/** From this many targets on, a run prints a summary: twenty whole decisions are 400 lines. */
const MIN_SUMMARY_TARGETS = 20;
/** Characters in a plot's line: the maximum, and the default for an unknown width. */
const [MAX_PLOT_WIDTH, DEFAULT_PLOT_WIDTH] = [200, 100];

const noDataText = ({ namespace, name }: TargetConfig) => `there is no data to draw for ${namespace}/${name}`;

/** Whether a run with so many targets prints a summary. */
export function isSummary(targets: number, flags: Flags): boolean {
  return targets >= MIN_SUMMARY_TARGETS && flags.plot !== true;
}

/** Prints each target's decision in readable form, with its plot if requested, or a summary of many targets. Prints no decision if the log has it. */
export async function printText(all: readonly Reported[], flags: Flags, io: Io, logged: boolean): Promise<void> {
  if (isSummary(all.length, flags)) {
    const { summaryText } = await import("../report/summary.ts");
    if (!logged)
      io.out(
        summaryText(
          all.map(({ outcome }) => outcome),
          io.columns,
        ),
      );
    return;
  }
  const { decisionText } = await import("../report/text.ts");
  for (const { target, record, outcome } of all) {
    if (!logged) io.out(`${decisionText(target, record, outcome, io.columns)}\n`);
    if (flags.plot === true) io.draw(await plotText(target, record, flags, io));
  }
}

/**
 * History and forecast of each metric of a decision, drawn for the terminal. A metric without usable data has a sentence in place of its
 * picture, and so has a target without a record.
 */
export async function plotText(
  target: TargetConfig,
  record: TickRecord | null | undefined,
  flags: Flags,
  io: Io,
): Promise<string> {
  const nothing = `No picture: ${noDataText(target)}.\n`;
  if (!record || record.metrics.length === 0) return nothing;
  const [{ pictureOf }, { terminalPlot }] = await Promise.all([
    import("../report/picture.ts"),
    import("../report/plot.ts"),
  ]);
  const columns = Number.isFinite(io.columns) ? Math.min(io.columns, MAX_PLOT_WIDTH) : DEFAULT_PLOT_WIDTH;
  const terminal = { columns, color: io.color, unicode: io.unicode };
  const plots = record.metrics.map(async (metric) => {
    const picture = pictureOf(target, record, forecasterOf(target.method), metric);
    const head = record.metrics.length > 1 ? `${metric.metric.name}\n` : "";
    if (picture === null) return `${head}${nothing}`;
    const plot = `${head}${terminalPlot(picture, terminal)}\n`;
    if (flags.components !== true) return plot;
    const { terminalComponents } = await import("../report/plot-components.ts");
    return plot + terminalComponents(await partsOf(target, metric, flags), terminal);
  });
  return (await Promise.all(plots)).join("");
}

/** Trend and seasons, if requested. */
async function partsOf(target: TargetConfig, metric: MetricRecord, flags: Flags): Promise<readonly Components[]> {
  if (flags.components !== true) return [];
  return (await import("../report/components.ts")).componentsOf(metric, target.method);
}

/** One picture per metric, as SVG or, by the file extension, PNG. With several pictures, the file names have the names of targets and metrics. */
export async function writePictures(all: readonly Reported[], path: string, flags: Flags, io: Io): Promise<void> {
  const end = extname(path);
  const base = path.slice(0, path.length - end.length);
  for (const { target, record } of all) {
    const named = all.length === 1 ? base : `${base}-${target.namespace}-${target.name}`;
    const several = (record?.metrics.length ?? 0) > 1;
    for (const metric of record?.metrics ?? [null]) {
      const file = several ? `${named}-${metric?.metric.name}${end}` : `${named}${end}`;
      const make = async () => {
        const [{ pictureOf }, { forecastSvg }] = await Promise.all([
          import("../report/picture.ts"),
          import("../report/svg.ts"),
        ]);
        const drawn = record === null || metric === null ? null : { record, metric };
        const picture = drawn && pictureOf(target, drawn.record, forecasterOf(target.method), drawn.metric);
        if (drawn === null || picture === null) throw new Error(noDataText(target));
        const svg = forecastSvg(picture, await partsOf(target, drawn.metric, flags));
        return end.toLowerCase() === ".png" ? (await import("../report/png.ts")).svgToPng(svg, 1840) : svg;
      };
      await writeOutput(io, flags, "svg", make, file);
    }
  }
}

/** One page of all targets, if requested. */
export async function writeReport(all: readonly Reported[], flags: Flags, io: Io): Promise<void> {
  await writeOutput(io, flags, "report", async () => {
    const [{ runReport }, { componentsOf }] = await Promise.all([
      import("../report/page/reports.ts"),
      import("../report/components.ts"),
    ]);
    return runReport({
      reported: all,
      forecasterOf,
      componentsOf: ({ target, record }) =>
        flags.components === true ? (record?.metrics ?? []).flatMap((one) => componentsOf(one, target.method)) : [],
    });
  });
}
