/** What a run tells beside its JSON: text, plot and pictures; nothing here changes what was done. */
import { extname } from "node:path";
import { forecasterOf } from "../core/forecast/method.ts";
import type { TickRecord } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Components } from "../report/components.ts";
import type { Reported } from "../report/reporter.ts";
import type { Flags, Io } from "./io.ts";
import { writeOutput } from "./outputs.ts";

/** Characters of a plot's line: at most, and where nobody knows how wide the reader's are. */
const [WIDEST_PLOT, USUAL_PLOT] = [200, 100];

/** Each target's decision for a person, with its plot where that is asked for. */
export async function printText(all: readonly Reported[], flags: Flags, io: Io, dryRun: boolean): Promise<void> {
  const { decisionText } = await import("../report/text.ts");
  for (const { target, record, outcome } of all) {
    io.out(`${decisionText(target, record, outcome, dryRun, io.columns)}\n`);
    if (flags.plot === true && record !== null) io.draw(await plotText(target, record, flags, io));
  }
}

async function plotText(target: TargetConfig, record: TickRecord, flags: Flags, io: Io): Promise<string> {
  const [{ pictureOf }, { terminalPlot }] = await Promise.all([
    import("../report/picture.ts"),
    import("../report/plot.ts"),
  ]);
  const picture = pictureOf(target, record, forecasterOf(target.method));
  if (picture === null) return "";
  const columns = Number.isFinite(io.columns) ? Math.min(io.columns, WIDEST_PLOT) : USUAL_PLOT;
  const terminal = { columns, color: io.color, unicode: io.unicode };
  const plot = `${terminalPlot(picture, terminal)}\n`;
  if (flags.components !== true) return plot;
  const { terminalComponents } = await import("../report/plot-components.ts");
  return plot + terminalComponents(await partsOf(target, record, flags), terminal);
}

/** Trend and seasons, where they are asked for. */
async function partsOf(target: TargetConfig, record: TickRecord, flags: Flags): Promise<readonly Components[]> {
  if (flags.components !== true) return [];
  return (await import("../report/components.ts")).componentsOf(record, target.method);
}

/** One picture a target, SVG or, by the name's end, PNG; with several targets their names go into the file names. */
export async function writePictures(all: readonly Reported[], path: string, flags: Flags, io: Io): Promise<void> {
  const end = extname(path);
  const base = path.slice(0, path.length - end.length);
  for (const { target, record } of all) {
    const file = all.length === 1 ? path : `${base}-${target.namespace}-${target.name}${end}`;
    const make = async () => {
      const [{ pictureOf }, { forecastSvg }] = await Promise.all([
        import("../report/picture.ts"),
        import("../report/svg.ts"),
      ]);
      const picture = record === null ? null : pictureOf(target, record, forecasterOf(target.method));
      if (record === null || picture === null)
        throw new Error(`there is no data of ${target.namespace}/${target.name} to draw`);
      const svg = forecastSvg(picture, await partsOf(target, record, flags));
      return end.toLowerCase() === ".png" ? (await import("../report/png.ts")).svgToPng(svg, 1840) : svg;
    };
    await writeOutput(io, flags, "svg", make, file);
  }
}
