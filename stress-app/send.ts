/** Sends each request at its time, whatever became of earlier ones (an open loop). */
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { addAnswer, createTally, type Tally } from "./tally.ts";

/** What one run needs. */
export interface SendPlan {
  /** Ascending seconds since the start. */
  readonly times: Iterable<number>;
  /** Taken in turn: the stand-in for a Service in front of several pods. */
  readonly urls: readonly string[];
  /** More than this many unanswered requests: the next one is skipped and counted as such. */
  readonly maxInFlight: number;
  /** False: a connection for every request. */
  readonly keepAlive: boolean;
  /** Seconds one request may take. */
  readonly timeout: number;
  /** Ends the run early; what is in flight is still waited for. */
  readonly signal: AbortSignal;
  /** Called for each answer or error as it comes, and for each request sent or skipped. */
  readonly onEvent: (count: (tally: Tally) => void) => void;
}

function request(url: string, agent: Agent, timeout: number): Promise<string> {
  return new Promise((resolve) => {
    const call = get(url, { agent, timeout }, (response) => {
      response.resume();
      response.on("end", () => resolve(String(response.statusCode)));
      response.on("error", () => resolve("cut"));
    });
    call.on("timeout", () => call.destroy(Object.assign(new Error("no answer in time"), { code: "timeout" })));
    call.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
  });
}

/**
 * Sends all requests, each at its time, and waits for the last answer. Resolves to the tally of the whole run; a failed request is
 * counted, not thrown.
 */
export async function sendAll(plan: SendPlan): Promise<Tally> {
  const total = createTally();
  const agent = new Agent({ keepAlive: plan.keepAlive });
  const count = (change: (tally: Tally) => void): void => {
    change(total);
    plan.onEvent(change);
  };
  const inFlight = new Set<Promise<void>>();
  const started = performance.now();
  let turn = 0;
  for (const time of plan.times) {
    const wait = time * 1000 - (performance.now() - started);
    if (wait > 1) await sleep(wait, undefined, { signal: plan.signal }).catch(() => undefined);
    if (plan.signal.aborted) break;
    if (inFlight.size >= plan.maxInFlight) {
      count((tally) => tally.skipped++);
      continue;
    }
    const left = performance.now();
    const url = plan.urls[turn++ % plan.urls.length]!;
    count((tally) => tally.sent++);
    const one = request(url, agent, plan.timeout * 1000)
      .then((answer) => count((tally) => addAnswer(tally, answer, (performance.now() - left) / 1000)))
      .finally(() => inFlight.delete(one));
    inFlight.add(one);
  }
  await Promise.all(inFlight);
  agent.destroy();
  return total;
}
