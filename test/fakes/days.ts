/** Days of a target that is scaled every minute, with a schedule of faults: in the data, in the ports, in the clock, and deaths between two calls. */
import fc from "fast-check";
import { decode } from "../../job/core/state/codec.ts";
import type { HistoryReading, Ports } from "../../job/ports.ts";
import { type RunResult, runOnce } from "../../job/run.ts";
import { config, NOW } from "./config.ts";
import { CORRUPTIONS } from "./corruptions.ts";
import { last } from "./forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld, reading } from "./ports.ts";

export const DAY_TARGET = config({ minReplicas: 2, maxReplicas: 30, suddenDropHold: 300, blindAfter: 600 });
/** The begin of the day is a midnight. */
const BEGIN = Math.floor(NOW / 86_400) * 86_400;
const CPU = DAY_TARGET.targetCpu!;

/** What fails: a port call by its begin, after it has taken effect where the answer is lost; or the run dies at its call number `cut`. */
const PORTS = {
  historyFails: "history",
  clockFails: "now",
  scaleReadFails: "read",
  stateReadFails: "state",
  claimFails: "claim",
  scaleFails: "scale",
} as const;
const ANSWERS = ["claimAnswerLost", "scaleAnswerLost", "claimLost", "conflict"] as const;
const DOUBTS = Object.keys(CORRUPTIONS).filter((kind) => CORRUPTIONS[kind]!.makes === "doubt");

/** One fault from minute `at` on for `minutes`; `share`, `ahead` (seconds) and `cut` say how far it goes, where that means something. */
export interface DayFault {
  readonly kind: string;
  readonly at: number;
  readonly minutes: number;
  readonly share: number;
  readonly ahead: number;
  readonly cut: number;
}

/** A day: its load, whether pods are counted, and its faults. */
export interface Day {
  readonly seed: number;
  readonly counted: boolean;
  readonly faults: readonly DayFault[];
}

/** What stands still for all of the history is a load that is constant: it can be told from a dead source only while the window shows that it moved before. */
const MAX_STANDSTILL = 20;

/** At most one standstill a day, and none that is longer than can be told. */
function tellable(faults: readonly DayFault[]): readonly DayFault[] {
  const first = faults.findIndex(({ kind }) => kind === "repeated");
  return faults
    .filter(({ kind }, i) => kind !== "repeated" || i === first)
    .map((fault) =>
      fault.kind === "repeated" ? { ...fault, minutes: Math.min(fault.minutes, MAX_STANDSTILL) } : fault,
    );
}

/** Any day of so many minutes. */
export const anyDay = (minutes: number) =>
  fc.record({
    seed: fc.nat(1000),
    counted: fc.boolean(),
    faults: fc
      .array(
        fc.record({
          kind: fc.oneof(
            { weight: 3, arbitrary: fc.constantFrom(...DOUBTS) },
            { weight: 2, arbitrary: fc.constantFrom(...Object.keys(PORTS), ...ANSWERS) },
            { weight: 3, arbitrary: fc.constantFrom("killed", "clock", "targetsLost") },
          ),
          at: fc.nat(minutes),
          minutes: fc.integer({ min: 1, max: 45 }),
          share: fc.double({ min: 0.05, max: 0.8, noNaN: true }),
          ahead: fc.constantFrom(-86_400, -3600, -90, -20, 20, 90, 600, 3600, 2 * 86_400),
          cut: fc.nat(6),
        }),
        { minLength: 1, maxLength: 12 },
      )
      .map(tellable),
  });

/** Cores at a time: a day's wave, noise, and a burst of 20 minutes within the first two of every three hours. */
export function dayLoadAt(seed: number, time: number): number {
  const wave = 5 + 3 * Math.sin((2 * Math.PI * (time - BEGIN)) / 86_400 + seed);
  const since = ((time - BEGIN) % 10_800) - 3600 - 60 * (seed % 30);
  const burst = since >= 0 && since < 1200 ? 3 : 0;
  return wave + burst + 0.2 * Math.sin(time * 12.9898 + seed);
}

/** Replicas that carry the newest of these samples. */
export function neededFor({ samples }: HistoryReading): number {
  const [before, newest] = samples.values.slice(-2);
  const most = Math.ceil((before! + newest!) / 2 / CPU - 1e-9);
  return Math.min(DAY_TARGET.maxReplicas, Math.max(DAY_TARGET.minReplicas, most));
}

/** What one run of a day was, for the invariants. */
export interface Lived {
  readonly minute: number;
  readonly kinds: readonly string[];
  readonly before: number;
  readonly after: number;
  /** What the source would have said without its fault. */
  readonly truth: HistoryReading;
  readonly result: RunResult;
  /** Calls that set the replicas. */
  readonly writes: number;
  /** Bytes of the state, and whether it could be read; of the target's own part in it. */
  readonly state: {
    readonly bytes: number;
    readonly readable: boolean;
    readonly known: boolean;
    readonly version: number;
  };
}

/** Lives a day, a run a minute; `judge` sees every run. */
export async function live(day: Day, minutes: number, judge: (lived: Lived) => void): Promise<FakeWorld> {
  const world = fakeWorld({ replicas: { web: 12 } });
  const target = { ...DAY_TARGET };
  for (let minute = 0; minute < minutes; minute++) {
    const now = BEGIN + 60 * minute;
    const active = activeAt(day, minute);
    const ahead = active.find(({ kind }) => kind === "clock")?.ahead ?? 0;
    world.now = now + ahead;
    world.calls.length = 0;
    world.outcomes.length = 0;
    world.logs.length = 0;
    const before = world.replicas.web!;
    const truth = truthAt(day, now, ahead, before);
    world.history = () => corrupted(truth, active, minute, world.now);
    breakPorts(world, active);
    const result = await runOnce(withAnswers(world, active), [target], { forecaster: last });
    world.onCall = () => {};
    const decoded = world.state.text === null ? null : decode(world.state.text);
    judge({
      minute,
      kinds: active.map(({ kind }) => kind),
      before,
      after: world.replicas.web!,
      truth,
      result,
      writes: world.calls.filter((call) => call.startsWith("scale ")).length,
      state: {
        bytes: world.state.text?.length ?? 0,
        readable: decoded?.ok ?? true,
        known: decoded?.ok === true && "shop/web" in decoded.value.targets,
        version: world.state.version,
      },
    });
  }
  return world;
}

/** The faults of a minute, one in the data at most: thousands of seconds and milliseconds together are right again. */
function activeAt({ faults, counted }: Day, minute: number): readonly DayFault[] {
  const active = faults.filter(({ at, minutes }) => minute >= at && minute < at + minutes);
  const data = active.find(({ kind }) => DOUBTS.includes(kind) && (counted || kind !== "targetsLost"));
  return active.filter((fault) => fault === data || !DOUBTS.includes(fault.kind));
}

/** By a clock that is ahead everything is: it stamps the samples too. */
function truthAt({ seed, counted }: Day, now: number, ahead: number, pods: number): HistoryReading {
  const read = reading((time) => dayLoadAt(seed, time - ahead), now + ahead);
  if (!counted) return read;
  const times = read.samples.times.slice(-20);
  return { ...read, pods: { times, values: times.map(() => pods) } };
}

function corrupted(truth: HistoryReading, faults: readonly DayFault[], minute: number, now: number) {
  const fault = faults.find(({ kind }) => DOUBTS.includes(kind));
  if (fault === undefined) return truth;
  const { kind, share, at } = fault;
  return CORRUPTIONS[kind]!.of(truth, { share, seconds: Math.max(150, 60 * (minute - at)), now });
}

/** Whether the data of these faults are no ground for a scale-in. */
export function isDoubt(kinds: readonly string[]): boolean {
  return kinds.some((kind) => (DOUBTS.includes(kind) && kind !== "targetsLost") || kind === "historyFails");
}

function breakPorts(world: FakeWorld, faults: readonly DayFault[]): void {
  const cut = faults.find(({ kind }) => kind === "killed")?.cut ?? Number.POSITIVE_INFINITY;
  const broken = faults.flatMap(({ kind }) => (kind in PORTS ? [PORTS[kind as keyof typeof PORTS]] : []));
  let calls = 0;
  world.onCall = (call) => {
    // a dead process calls no more
    if (calls++ >= cut) throw new Error("killed");
    if (broken.some((name) => call.split(" ")[0] === name)) throw new Error(`${call}: refused`);
  };
}

/** Ports whose answers are lost, or say that somebody else was first. */
function withAnswers(world: FakeWorld, faults: readonly DayFault[]): Ports {
  const ports = fakePorts(world);
  const is = (kind: (typeof ANSWERS)[number]) => faults.some((fault) => fault.kind === kind);
  const lost = () => {
    throw new Error("no answer");
  };
  return {
    ...ports,
    state: {
      ...ports.state,
      claim: async (...asked) => {
        if (is("claimLost")) return "lost";
        const answer = await ports.state.claim(...asked);
        return is("claimAnswerLost") ? lost() : answer;
      },
    },
    scaler: {
      ...ports.scaler,
      scale: async (...asked) => {
        if (is("conflict")) return "conflict";
        const answer = await ports.scaler.scale(...asked);
        return is("scaleAnswerLost") ? lost() : answer;
      },
    },
  };
}
