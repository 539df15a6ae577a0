/** Sends the metrics of a run. It changes neither what was done nor how the run ends. */
import { asError } from "../core/result.ts";
import { pluralize, type Replicas } from "../core/units.ts";
import { ownTurn, yieldToOthers } from "../in-parallel.ts";
import type { MetricsSink, Ports } from "../ports.ts";
import type { Reported } from "../report/reporter.ts";
import type { RunResult } from "../run.ts";

type MetricsPorts = Pick<Ports, "reporter" | "state" | "clock">;

/**
 * Milliseconds of a run for the simulated HPAs. A target of ten pods takes 1 ms, one of 250 takes 7. Without a limit a thousand of those would
 * take the time for sending the metrics.
 */
const SHADOW_TIMEOUT_MS = 2000;

/**
 * Targets whose metrics are made, and sent where they may be sent in parts, in one turn of the event loop. There are 75 samples for each, and 500 targets take
 * 160 ms of CPU to send by remote write.
 */
const PART = 150;

/** The metrics of a run, whose reports come part by part. */
export interface RunMetrics {
  /** Keeps of the reports what the metrics need. Never rejects. */
  keep(reported: readonly Reported[]): Promise<readonly Reported[]>;
  /** Sends the metrics within the remaining time of the run. Never rejects: a failure to send is a warning. */
  push(reported: readonly Reported[], run: RunResult): Promise<void>;
}

/** Collects and sends, run after run. */
export function runMetrics(ports: MetricsPorts, sink: MetricsSink): RunMetrics {
  const { reporter, clock } = ports;
  let shadows = shadowsOf(ports);
  return {
    keep: async (reported) => {
      try {
        const { reportForMetrics } = await import("../report/metrics.ts");
        return await inOrder(reported, async (one) => {
          const short = reportForMetrics(one);
          shadows.set(short, await shadows.of(one));
          return short;
        });
      } catch (error) {
        reporter.log("warn", `metrics: ${asError(error).message}; what was done is unchanged`);
        return reported;
      }
    },
    push: async (reported, run) => {
      try {
        const hpa = await inOrder(reported, async (one) => shadows.of(one));
        await sendParts(ports, sink, { reported, hpa }, run);
      } catch (error) {
        reporter.log("warn", `${asError(error).message}; what was done is unchanged`);
      } finally {
        shadows = shadowsOf({ reporter, clock });
      }
    },
  };
}

/** Sends the reports in parts where they may be, within the sink's time for all of them. Rejects where that is over, or a part did not arrive. */
async function sendParts(
  { state, clock }: MetricsPorts,
  sink: MetricsSink,
  { reported, hpa }: { readonly reported: readonly Reported[]; readonly hpa: readonly (Replicas | null)[] },
  { now, exitCode, timings, over }: RunResult,
): Promise<void> {
  const { collectMetrics } = await import("../report/metrics.ts");
  const { inParts, timeout = Number.POSITIVE_INFINITY } = sink;
  const begin = clock.tick();
  let unsent = collectMetrics();
  for (let i = 0; i < reported.length || i === 0; i += PART) {
    const left = timeout - (clock.tick() - begin) / 1000;
    if (left <= 0) {
      const rest = `those of ${pluralize(reported.length - (inParts === true ? i : 0), "target")} and of the run are left out`;
      throw new Error(`metrics: not all could be sent within ${timeout} s: ${rest}`);
    }
    const part = { now, reported: reported.slice(i, i + PART), hpa: hpa.slice(i, i + PART) };
    // what is of the run itself comes last, when all targets have arrived
    const last = i + PART >= reported.length;
    const own = last ? { exitCode, timings, state: state.size?.() ?? null } : null;
    await ownTurn();
    unsent.add({ ...part, run: own });
    if (inParts !== true && !last) continue;
    await sink.push(unsent.families(), now, over, left);
    unsent = collectMetrics();
  }
}

/** One after the other; connections must be served in between. */
async function inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (const item of items) {
    done.push(await work(item));
    await yieldToOthers();
  }
  return done;
}

/** The recommendation of an HPA for each report. It is not known without time left, or after a failure; all other metrics are sent. */
function shadowsOf({ reporter, clock }: Pick<MetricsPorts, "reporter" | "clock">) {
  const known = new WeakMap<Reported, Replicas | null>();
  let left = SHADOW_TIMEOUT_MS;
  return {
    set: (reported: Reported, replicas: Replicas | null) => void known.set(reported, replicas),
    of: async (reported: Reported): Promise<Replicas | null> => {
      const before = known.get(reported);
      const { target, record } = reported;
      if (before !== undefined || record === null || left <= 0) return before ?? null;
      const begin = clock.tick();
      try {
        const { shadowHpa } = await import("../replay/shadow-hpa.ts");
        return await shadowHpa(target, record);
      } catch (error) {
        left = 0;
        reporter.log("debug", `the HPA beside the decisions: ${asError(error).message}`);
        return null;
      } finally {
        left -= clock.tick() - begin;
      }
    },
  };
}
