/** `npm run bench -- fleet [--targets 100,1000,3000,10000]`: runs of the built job over many targets on real servers; writes docs/scale.md after each size. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { CommandError } from "../job/cli/io.ts";
import { Interrupted, interruption, progressOf, say } from "../scripts/waiting.ts";
import { missingControlPlane, missingPrometheus } from "../test/cluster/available.ts";
import { readFlags } from "./flags.ts";
import { boundText, brokenBounds } from "./fleet/bounds.ts";
import { measuredLists } from "./fleet/lists.ts";
import { type FleetRun, FOUND, measuredRun } from "./fleet/measure.ts";
import { fleetPage, type MeasuredFleet } from "./fleet/page.ts";
import { ONE_PROCESSOR } from "./fleet/process.ts";
import { decidedAlike } from "./fleet/same.ts";
import { FLEET_STATE, type FleetServers, startFleet } from "./fleet/servers.ts";

const PAGE = join(import.meta.dirname, "../docs/scale.md");
/** Sizes of an earlier call of the same day are on the page too: all together take an hour. */
const FIGURES = join(import.meta.dirname, "../node_modules/.cache/fleet");
/** Targets with the counters of their pods, ten each: what is read by single queries, and what is decided alone too. */
const RAW = 100;
/** Runs over listed targets: the first finds no state, the later one follows a minute after. */
const LISTED_RUNS = 2;
/** From this size on it is run as four shards too, and without threads. */
const WHOLE = 10_000;
const SHARDS = 4;
const MINUTE = 60_000;

const FLAGS = {
  targets: { type: "string", default: "100,1000,3000,10000", list: "numbers", about: "sizes of the fleet, a list" },
} as const;

/** Runs the bench for each size of `--targets`. Throws where the servers are missing, or where a hard bound is broken. */
export async function main(args: readonly string[]): Promise<void> {
  const values = readFlags(args, FLAGS);
  const missing = missingControlPlane() ?? missingPrometheus();
  if (missing !== undefined) throw new CommandError(`the fleet cannot be run here: ${missing}`);
  const sizes = values.targets.split(",").map(Number);
  // servers, listed runs, found ones, the run by single queries, and the comparison
  const [progress, steps] = [progressOf("fleet", "steps"), LISTED_RUNS + 4];
  const all: MeasuredFleet[] = [];
  for (const [i, targets] of sizes.entries()) {
    let done = i * steps;
    const step: Step = async () => {
      if ((await progress.watch(++done, sizes.length * steps)) === false) throw new Interrupted();
    };
    all.push(
      await measure(targets, step)
        .catch((error: unknown) => endedBy(error, i))
        .finally(progress.end),
    );
    keep(all.at(-1)!);
    writeFileSync(PAGE, fleetPage(keptOf(machine()), machine()));
  }
  console.error(`written: ${PAGE}`);
  const broken = all.flatMap(({ listed, found }) =>
    [...listed, found].flatMap((run) =>
      brokenBounds(run)
        .filter(({ hard }) => hard)
        .map((bound) => `${run.targets} targets: ${boundText(bound, run)}`),
    ),
  );
  if (broken.length > 0) throw new Error(`bounds that do not depend on the load of the machine:\n${broken.join("\n")}`);
}

/** What was measured of a size, beside the machine and the day. */
interface SizeFigures {
  readonly machine: string;
  readonly measured: MeasuredFleet;
}

function keep(measured: MeasuredFleet): void {
  mkdirSync(FIGURES, { recursive: true });
  const slim = (_: string, value: unknown) => (isRun(value) ? { ...value, result: undefined } : value);
  const text = JSON.stringify({ machine: machine(), measured } satisfies SizeFigures, slim);
  writeFileSync(join(FIGURES, `${measured.targets}.json`), text);
}

function isRun(value: unknown): value is FleetRun {
  return typeof value === "object" && value !== null && "result" in value;
}

/** All sizes that were measured on this machine on this day, the smallest first. */
function keptOf(of: string): readonly MeasuredFleet[] {
  const all = readdirSync(FIGURES).map((name) => JSON.parse(readFileSync(join(FIGURES, name), "utf8")) as SizeFigures);
  const own = all.flatMap(({ machine: where, measured }) => (where === of ? [measured] : []));
  return own.sort((a, b) => a.targets - b.targets);
}

/** Called after each step; throws Interrupted after Ctrl-C. */
type Step = () => Promise<void>;

/** Ctrl-C ends the servers too, so that what asks them fails. `sizes` are written already. */
function endedBy(error: unknown, sizes: number): never {
  if (!interruption().aborted) throw error;
  throw new Interrupted(sizes === 0 ? undefined : `ended early: ${PAGE} has the sizes before`);
}

async function measure(targets: number, step: Step): Promise<MeasuredFleet> {
  const raw = Math.min(RAW, targets);
  tell(`${targets} targets: starting the servers`);
  const servers = await startFleet(targets, raw);
  let begin = 0;
  const minutely = async (...run: Parameters<typeof measuredRun>) => {
    await new Promise((done) => setTimeout(done, Math.max(0, begin + MINUTE - performance.now())));
    begin = performance.now();
    return told(await measuredRun(...run));
  };
  try {
    await step();
    const listed: FleetRun[] = [];
    for (let i = 0; i < LISTED_RUNS; i++) {
      listed.push(await minutely(servers, targets, "grouped"));
      await step();
    }
    await servers.allowFinding();
    const found = await minutely(servers, targets, "grouped", FOUND);
    const lists = await measuredLists(servers);
    tell(JSON.stringify(lists));
    const whole = targets >= WHOLE ? await wholeFleet(servers, targets, minutely) : null;
    await step();
    // all of what has counters, by single queries: what reading together saves
    const single = told(await measuredRun(servers, raw, "single"));
    await step();
    const sample = Array.from({ length: Math.min(30, raw) }, (_, i) => Math.floor((i * raw) / Math.min(30, raw)));
    const alike = await decidedAlike(servers.prometheus.url, targets, sample);
    tell(`${alike.alike} of ${alike.sample} decided alike`);
    await step();
    return { targets, listed, found, lists, whole, single, alike };
  } finally {
    await servers.stop();
  }
}

/** The same fleet once more: without threads for decisions, and as shards, one after the other. */
async function wholeFleet(
  servers: FleetServers,
  targets: number,
  run: typeof measuredRun,
): Promise<NonNullable<MeasuredFleet["whole"]>> {
  const oneProcessor = await run(servers, targets, "grouped", FOUND, ONE_PROCESSOR);
  const shards: FleetRun[] = [];
  const state = { configMap: { name: FLEET_STATE } };
  for (let index = 0; index < SHARDS; index++) {
    const own = { ...FOUND, state, shards: { count: SHARDS, index } };
    shards.push(told(await measuredRun(servers, targets, "grouped", own)));
  }
  return { oneProcessor, shards };
}

function told(run: FleetRun): FleetRun {
  const { result: _, ...figures } = run;
  tell(JSON.stringify(figures));
  for (const line of run.result.stderr.split("\n").filter((one) => one.startsWith("WARN"))) tell(line);
  return run;
}

function tell(line: string): void {
  say(line, console.error);
}

function machine(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}, ${memory}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
}
