/** Runs one case: prepares the sound state, adds the fault, runs the job, and collects what the invariants check. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FaultCase } from "./fault-case.ts";
import { type ProcessResult, runProcess } from "./process.ts";
import { caseSettings, caseState, replicaBoundsOf, TIMEOUT } from "./sound.ts";
import type { Passed } from "./wire.ts";
import { FIRST, type Lane, QUERY_STEP, SECOND } from "./world.ts";

/** The fields of one target in the job's JSON that the bench reads. */
export interface TargetAnswer {
  readonly name: string;
  readonly action: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly reason: string;
  readonly message: string;
}

/** What was seen of a case: the process, its answer, and the cluster before and after. */
export interface CaseObservation {
  readonly ended: ProcessResult;
  /** The slowest and the largest of its runs. */
  readonly milliseconds: number;
  readonly mebibytes: number;
  /** null: stdout held no JSON. */
  readonly told: readonly TargetAnswer[] | null;
  /** Replicas by workload: as others last set them, and at the end. */
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
  /** Before the last of several runs. */
  readonly beforeLast: ReadonlyMap<string, number>;
  readonly stateBefore: string | null;
  readonly stateAfter: string | null;
  /** Calls of the last run that reached the API server. */
  readonly calls: readonly Passed[];
  /** Of every target, the bounds of its settings; of the settings the time of a run. */
  readonly bounds: readonly [min: number, max: number];
  readonly timeout: number;
  /** Reasons of the job's Events. */
  readonly events: readonly string[];
  /** Everything that was written anywhere: both streams, Events, state, files. */
  readonly written: string;
  /** Epoch seconds at the start. */
  readonly now: number;
}

/** Runs one case in a lane. Rejects only where the servers themselves fail. */
export async function runCase(fault: FaultCase, lane: Lane): Promise<CaseObservation> {
  const now = Math.floor(Date.now() / 1000);
  const stateBefore = caseState(fault, lane, now);
  lane.prometheus.fault = undefined;
  lane.api.fault = undefined;
  await Promise.all([
    lane.setReplicas(fault.from ?? 8),
    lane.setReplicas(3, SECOND),
    lane.setState(stateBefore),
    lane.clearEvents(),
  ]);
  const out = outOf(lane);
  rmSync(out, { recursive: true, force: true });
  await mkdir(out);
  const undo = await fault.prepare?.(lane);
  lane.prometheus.fault = fault.prometheus;
  lane.api.fault = fault.api;
  try {
    const { all, before } = await runs(fault, lane, out);
    const ended = all.at(-1)!;
    const settings = caseSettings(fault, lane, now);
    const stateAfter = await lane.state().catch(() => null);
    const files = readdirSync(out, { withFileTypes: true }).flatMap((file) =>
      file.isFile() ? [readFileSync(join(out, file.name), "utf8")] : [],
    );
    const events = await lane.events();
    const said = all.flatMap(({ stdout, stderr }) => [stdout, stderr]);
    return {
      ended,
      milliseconds: Math.max(...all.map(({ milliseconds }) => milliseconds)),
      mebibytes: all.some(({ mebibytes }) => mebibytes === 0) ? 0 : Math.max(...all.map(({ mebibytes }) => mebibytes)),
      told: toldBy(ended.stdout),
      before: new Map(lane.set),
      beforeLast: before ?? new Map(lane.set),
      after: await replicasNow(lane),
      stateBefore,
      stateAfter,
      calls: lane.api.passed.slice(),
      bounds: replicaBoundsOf(settings),
      timeout: (settings as { timeout?: number }).timeout ?? TIMEOUT,
      events: reasonsOf(events),
      written: [...said, events, stateAfter ?? "", ...files].join("\n"),
      now,
    };
  } finally {
    lane.prometheus.fault = undefined;
    lane.api.fault = undefined;
    await undo?.();
  }
}

function reasonsOf(events: string): readonly string[] {
  const { items } = JSON.parse(events) as { readonly items: readonly { readonly reason: string }[] };
  return items.map(({ reason }) => reason);
}

/** The folder of a case's files, `$out` in its arguments. It is empty before each case. */
export function outOf({ folder, namespace }: Lane): string {
  return join(folder, `${namespace}-out`);
}

async function replicasNow(lane: Lane): Promise<ReadonlyMap<string, number>> {
  const names = [FIRST, SECOND] as const;
  return new Map(await Promise.all(names.map(async (name) => [name, await replicasOf(lane, name)] as const)));
}

/** A Deployment that the fault has taken away has the replicas that were set. */
async function replicasOf(lane: Lane, name: string): Promise<number> {
  return lane.replicas(name).catch(() => lane.set.get(name) ?? 0);
}

/** All runs, and the replicas before the last where there are several. */
async function runs(
  fault: FaultCase,
  lane: Lane,
  out: string,
): Promise<{ readonly all: readonly ProcessResult[]; readonly before?: ReadonlyMap<string, number> }> {
  const config = join(lane.folder, `${lane.namespace}.yaml`);
  const all: ProcessResult[] = [];
  let before: ReadonlyMap<string, number> | undefined;
  for (let i = 0; i < (fault.runs ?? 1); i++) {
    if (i > 0) before = await replicasNow(lane);
    if (fault.kind === "data") await clearOfTheGrid();
    const now = Math.floor(Date.now() / 1000);
    const text =
      fault.file?.replaceAll("$prometheus", lane.prometheus.url) ?? JSON.stringify(caseSettings(fault, lane, now));
    writeFileSync(config, text);
    lane.prometheus.passed = [];
    lane.api.passed = [];
    const args = (fault.args ?? ["--once", "--json"]).map((arg) => arg.replace("$out", out));
    const env = {
      PATH: process.env.PATH ?? "",
      NODE_COMPILE_CACHE: join(lane.folder, "compiled"),
      KUBECONFIG: lane.kubeconfig,
      PROPHET_AUTOSCALER_NAMESPACE: lane.namespace,
      ...(fault.clock === undefined ? {} : { CLOCK_AHEAD: String([fault.clock].flat()[i] ?? 0) }),
      ...fault.env,
    };
    const { stdout, stderr } = fault;
    const streams = { ...(stdout && { stdout }), ...(stderr && { stderr }) };
    const named = args.includes("--config") ? args : [...args, "--config", config];
    all.push(await runProcess(lane.folder, [lane.job, ...named], env, streams));
  }
  return { all, ...(before && { before }) };
}

/** Waits where the next point of the queries' grid is so near that the run may see it: its data would be a point older. */
async function clearOfTheGrid(): Promise<void> {
  const left = QUERY_STEP - ((Date.now() / 1000) % QUERY_STEP);
  if (left < 2.5) await new Promise((resolve) => setTimeout(resolve, left * 1000 + 50));
}

/** The JSON of the last run; with `--every` in text there is none. */
function toldBy(stdout: string): readonly TargetAnswer[] | null {
  try {
    const { targets } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { targets?: readonly TargetAnswer[] };
    return targets ?? null;
  } catch {
    return null;
  }
}
