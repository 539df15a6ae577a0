/** The replays that are kept as goldens: our decisions over every recorded fixture, at the defaults, from a pod of 0.05 cores. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRangeFile } from "../../bench/series.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import { replay } from "../../job/replay/replay.ts";
import { REPLAY_DEFAULTS } from "../../job/replay/world.ts";

const RECORDED = join(import.meta.dirname, "../../fixtures/recorded");
/** Where the goldens are. */
export const GOLDEN = join(import.meta.dirname, "../../fixtures/golden/replay.json");

/** By fixture: one line a decision, `seconds since the first replicas reason`. */
export type Golden = Readonly<Record<string, readonly string[]>>;

/** Replays every recorded fixture under `auto`, once a minute, 30 s start-up, the first 10 minutes as history. */
export async function replayFixtures(): Promise<Golden> {
  const golden: Record<string, readonly string[]> = {};
  for (const file of readdirSync(RECORDED)
    .filter((f) => f.endsWith(".json") && f !== "restart-counters.json")
    .sort()) {
    const samples = readRangeFile(join(RECORDED, file));
    const target = resolveTarget({ scaleTargetRef: { name: "workload" }, targetCpu: 0.05 });
    const options = { ...REPLAY_DEFAULTS, warmup: 600, request: 0.1, targetCpu: 0.05, hpaTarget: 0.5, min: 1, max: 10 };
    const { rows } = await replay(samples, ["auto"], options, { target, forecasterOf });
    const start = rows[0]!.t;
    golden[file.slice(0, -5)] = rows
      .filter((row) => row.decision !== null)
      .map((row) => `${Math.round(row.t - start)} ${row.decision} ${row.reason}`);
  }
  return golden;
}

/** The goldens as they are kept. */
export function readGolden(): Golden {
  return JSON.parse(readFileSync(GOLDEN, "utf8")) as Golden;
}
