/** The invariants that must hold after every case; each broken one gives a sentence. */
import { readState as storedState } from "../../job/adapters/state-text.ts";
import type { JobState } from "../../job/core/state/types.ts";
import { MEMORY_LIMIT } from "../../test/fault/job-process.ts";
import type { ExpectedOutcome, ExpectedResult, FaultCase } from "./fault-case.ts";
import type { CaseObservation, TargetAnswer } from "./run-case.ts";
import { FIRST } from "./world.ts";

/** Seconds beyond the run's own time in which the process must be gone: the CronJob's deadline is 50 s where the run's is 45 s. */
const GRACE = 5;
/** Bytes by which one run may lengthen the memory of a target. */
const MAX_GROWTH = 1500;

type Check = (fault: FaultCase, seen: CaseObservation, secrets: readonly string[]) => readonly string[];

/** By the words in which the page lists them. */
const INVARIANTS: Readonly<Record<string, Check>> = {
  "Replicas are never lowered on doubt.": ({ expect }, { before, after }) =>
    [...after].flatMap(([name, now]) => {
      const was = before.get(name) ?? now;
      const meant = name === FIRST && wanted(expect, was)[1] < was;
      return now < was && !meant ? [`${name} was lowered from ${was} to ${now}`] : [];
    }),
  "Replicas that are set are within `minReplicas` and `maxReplicas`.": (
    _fault,
    { before, after, bounds: [min, max] },
  ) =>
    [...after].flatMap(([name, now]) =>
      now !== before.get(name) && (now < min || now > max) ? [`${name} has ${now}, bounds are ${min} and ${max}`] : [],
    ),
  "A run writes a target's replicas once at most.": (_fault, { calls }) => {
    const writes = calls.filter(({ text, status }) => isWrite(text) && status >= 200 && status < 300);
    const names = writes.map(({ text }) => /([^/ ]+)\/scale/.exec(text)?.[1] ?? "");
    return names.flatMap((name, i) => (names.indexOf(name) === i ? [] : [`${name} was written twice`]));
  },
  "No memory is lost, and none grows.": memory,
  "The process is gone by the run's deadline.": (_fault, { ended, milliseconds, timeout }) =>
    ended.code === null || milliseconds > (timeout + GRACE) * 1000
      ? [`it took ${(milliseconds / 1000).toFixed(1)} s of ${timeout} s`]
      : [],
  [`It stays within ${MEMORY_LIMIT} MiB.`]: (_fault, { mebibytes }) =>
    mebibytes > 0 && mebibytes <= MEMORY_LIMIT ? [] : [`it held ${mebibytes.toFixed(0)} MiB`],
  "Exit code, outcome, message and Event are true.": truth,
  "No secret and no control character is in anything that is written.": (_fault, { written }, secrets) => [
    ...secrets.flatMap((secret) =>
      forms(secret).some((form) => written.includes(form)) ? [`${secret.slice(0, 16)}... was written`] : [],
    ),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    ...(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(written)
      ? ["a control character"]
      : []),
  ],
};

/** The names of the invariants, in the page's order. */
export const PROMISES: readonly string[] = Object.keys(INVARIANTS);

/** Every invariant that a case broke, with what was seen. `secrets` are texts that no output may hold. */
export function broken(
  fault: FaultCase,
  seen: CaseObservation,
  secrets: readonly string[],
): readonly (readonly [string, string])[] {
  return Object.entries(INVARIANTS).flatMap(([promise, check]) =>
    check(fault, seen, secrets).map((what) => [promise, what] as const),
  );
}

/** Replicas that may be there afterwards, from and to. */
function wanted({ replicas }: ExpectedResult, before: number): readonly [number, number] {
  if (replicas === undefined) return [before, before];
  return typeof replicas === "number" ? [replicas, replicas] : replicas;
}

function isWrite(text: string): boolean {
  return /^(PATCH|PUT|POST) [^ ]*\/scale/.test(text) && !text.includes("dryRun");
}

/** As it is, in base64 and in a URL. */
function forms(secret: string): readonly string[] {
  return [secret, Buffer.from(secret).toString("base64").slice(0, 20), encodeURIComponent(secret)];
}

/** Every memory that was there and could be read is there afterwards; others' is the same. */
function memory(fault: FaultCase, { stateBefore, stateAfter, now }: CaseObservation): readonly string[] {
  const was = readState(stateBefore);
  if (was === null) return [];
  const is = readState(stateAfter);
  if (is === null) return ["the state cannot be read any more"];
  const most = (stateBefore ?? "").length + MAX_GROWTH * (fault.runs ?? 1);
  const grown = (stateAfter ?? "").length > most ? [`it grew to ${(stateAfter ?? "").length} bytes`] : [];
  const lost = Object.entries(was.targets).flatMap(([key, target]) => {
    const left = is.targets[key];
    const age = now - Math.max(0, ...target.recommendations.map(({ at }) => at));
    if (age > 3600 || age < 0) return [];
    if (left === undefined) return [`${key} was forgotten`];
    const ours = key.endsWith(`/${FIRST}`);
    if (!ours && JSON.stringify(left) !== JSON.stringify(target))
      return [`${key}, which is another job's, was changed`];
    return ours && left.recommendations.length === 0 ? [`the recommendations of ${key} are lost`] : [];
  });
  return [...grown, ...lost];
}

function readState(text: string | null): JobState | null {
  if (text === null) return null;
  const { state, warning } = storedState(text);
  return warning === undefined ? state : null;
}

/** What was told is what was done, and what should be. */
function truth(fault: FaultCase, seen: CaseObservation): readonly string[] {
  const { expect } = fault;
  const { ended, told, before, after, calls } = seen;
  const wrong: string[] = [];
  if (ended.code !== expect.exit) wrong.push(`exit ${ended.code}, not ${expect.exit}: ${lastLine(ended.stderr)}`);
  const first = before.get(FIRST) ?? 0;
  const [least, most] = wanted(expect, first);
  const is = after.get(FIRST) ?? 0;
  if (is < least || is > most) wrong.push(`${is} replicas, not ${least === most ? least : `${least} to ${most}`}`);
  if (expect.outcomes !== undefined && told === null) wrong.push(`no JSON: ${lastLine(ended.stderr)}`);
  if (expect.exit === 2 && calls.some(({ text }) => !text.startsWith("GET"))) wrong.push("refused, and yet it wrote");
  const outcomes = expect.outcomes ?? [];
  for (const [i, one] of (told ?? []).entries()) {
    wrong.push(...unlike(one, outcomes[outcomes.length === 1 ? 0 : i]), ...untrue(one, seen));
  }
  const text = told === null ? `${ended.stdout}\n${ended.stderr}` : told.map(({ message }) => message).join("\n");
  wrong.push(...untold(expect, seen.events));
  if (expect.says !== undefined && !expect.says.test(text)) wrong.push(`says ${JSON.stringify(text.slice(0, 300))}`);
  return wrong;
}

/** Events that should be there and are not, and the other way round. */
function untold({ event, noEvent }: ExpectedResult, events: readonly string[]): readonly string[] {
  const missing = event !== undefined && !events.includes(event);
  return [
    ...(missing ? [`no Event ${event}: ${events.join(", ")}`] : []),
    ...(noEvent !== undefined && events.includes(noEvent) ? [`an Event ${noEvent}`] : []),
  ];
}

function unlike(told: TargetAnswer, outcome: ExpectedOutcome | undefined): readonly string[] {
  if (outcome === undefined) return [];
  const { action, reason = told.reason } = outcome;
  return told.action === action && told.reason === reason
    ? []
    : [`${told.name}: ${told.action} ${told.reason}, not ${action} ${reason}: ${told.message.slice(0, 200)}`];
}

/** What a target's line claims, against the server. */
function untrue(
  { name, action, to, message }: TargetAnswer,
  { beforeLast, after }: CaseObservation,
): readonly string[] {
  const [was, is] = [beforeLast.get(name), after.get(name)];
  if (was === undefined || is === undefined) return [];
  if (action === "scaled") return is === to && to !== was ? [] : [`${name}: told scaled to ${to}, it has ${is}`];
  const unknown = action === "failed" && /not known/.test(message);
  return is === was || unknown ? [] : [`${name}: told ${action}, and ${was} became ${is}`];
}

function lastLine(text: string): string {
  return (text.trim().split("\n").at(-1) ?? "").slice(0, 200);
}
