/** Reports as HTML files: a page and the script that draws it. */
import { script, style } from "#report-page";
import { pageHtml } from "./html.ts";
import { type ReplayReport, replayPage } from "./replay-page.ts";
import { type RunReport, runPage } from "./run-page.ts";

/** The report of a replay, one self-contained file. */
export function replayReport(report: ReplayReport): string {
  return pageHtml(replayPage(report), { script, style });
}

/** The report of a run. */
export function runReport(report: RunReport): string {
  return pageHtml(runPage(report), { script, style });
}
