/** The replay whose report the browser tests open: half an hour of the recorded sine, played by ours, the HPA and perfect foresight. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRangeFile } from "../../bench/series.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import { replay } from "../../job/replay/replay.ts";
import type { ReplayDecision } from "../../job/replay/types.ts";
import { REPLAY_DEFAULTS } from "../../job/replay/world.ts";
import type { ReplayReport } from "../../job/report/page/replay-page.ts";
import { replayReport } from "../../job/report/page/reports.ts";
import { type Browser, startChromium } from "./chromium.ts";

/** A browser, a folder for its pages, and the report as made and as a file. */
export interface OpenReport {
  readonly browser: Browser;
  readonly folder: string;
  readonly made: ReplayReport;
  readonly html: string;
  stop(): Promise<void>;
}

/** Starts all that a test of the report needs. */
export async function openReport(): Promise<OpenReport> {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  const [browser, made] = await Promise.all([startChromium(), sampleReport("sine.json")]);
  const stop = async () => {
    await browser.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { browser, folder, made, html: replayReport(made), stop };
}

/** What somebody might call a file, to see whether it is taken for markup. */
export const NASTY = `</script><script>alert("in")</script><img src=x onerror=alert(1)>.csv`;

/** What its page is made of. */
export async function sampleReport(file: string): Promise<ReplayReport> {
  const samples = readRangeFile(join(import.meta.dirname, "../../fixtures/recorded/sine.json"));
  const target = resolveTarget({ scaleTargetRef: { name: "workload" }, targetCpu: 0.09 });
  const options = { ...REPLAY_DEFAULTS, warmup: 900, request: 0.1, targetCpu: 0.09, max: 20 };
  const decisions = new Map<string, ReplayDecision[]>();
  const decided = (policy: string, decision: ReplayDecision) => {
    decisions.set(policy, [...(decisions.get(policy) ?? []), decision]);
  };
  const result = await replay(samples, ["auto", "hpa", "oracle"], options, { target, forecasterOf }, { decided });
  return { file, options, result, decisions, price: 0.04 };
}
