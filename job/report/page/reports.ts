/** Reports as HTML files: a page and the script that draws it. */
import { script, style } from "#report-page";
import type { Advice } from "../advice-text.ts";
import { advicePage } from "./advice-page.ts";
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

/** The page of an advice; `played` as of `advicePage`. */
export function adviceReport(advice: Advice, played: ReplayReport | null): string {
  return pageHtml(advicePage(advice, played), { script, style });
}
