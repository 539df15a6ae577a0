/** `npm run bench -- hourly [--targets 300] [--minutes 5] [--read grouped,single]`: one process that decides every minute, beside a process for each minute, over the same targets on the same real servers; writes docs/hourly.md. */
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { CommandError } from "../job/cli/io.ts";
import { Interrupted, interruption, progressOf, say } from "../scripts/waiting.ts";
import { missingControlPlane, missingPrometheus } from "../test/cluster/available.ts";
import { readFlags } from "./flags.ts";
import { type FleetRun, measuredRun } from "./fleet/measure.ts";
import { type FleetServers, startFleet } from "./fleet/servers.ts";
import { type Hourly, hourlyPage } from "./hourly/page.ts";

const PAGE = join(import.meta.dirname, "../docs/hourly.md");
const READS = ["grouped", "single"] as const;
const MINUTE = 60_000;
/** Processes that decide once, before the one that lives and as many after it. */
const ONCE = 3;

const FLAGS = {
  targets: { type: "string", default: "300", list: "numbers", single: true, about: "targets of the fleet" },
  minutes: {
    type: "string",
    default: "5",
    list: "numbers",
    single: true,
    about: "decisions of the process that lives",
  },
  read: { type: "string", default: READS.join(), list: READS, about: "how the histories are read" },
} as const;

/** Runs the bench and writes docs/hourly.md. Throws where the servers are missing. */
export async function main(args: readonly string[]): Promise<void> {
  const values = readFlags(args, FLAGS);
  const missing = missingControlPlane() ?? missingPrometheus();
  if (missing !== undefined) throw new CommandError(`the fleet cannot be run here: ${missing}`);
  const [targets, minutes] = [Number(values.targets), Number(values.minutes)];
  const reads = READS.filter((one) => values.read.split(",").includes(one));
  // servers, Prometheus alone, and three runs for each way of reading
  const [progress, total] = [progressOf("hourly", "steps"), 2 + 3 * reads.length];
  let done = 0;
  const step = async () => {
    if ((await progress.watch(++done, total)) === false) throw new Interrupted();
  };
  const servers = await startFleet(targets, targets);
  try {
    await step();
    const idle = await idleSeconds(servers);
    await step();
    const all: Hourly[] = [];
    for (const read of reads) all.push(await measure(servers, { targets, minutes, read, idle, step }));
    writeFileSync(PAGE, hourlyPage(all, { targets, machine: machine(), load: loadavg()[0]! }));
  } catch (error) {
    // Ctrl-C ends the servers too, so that what asks them fails
    throw interruption().aborted ? new Interrupted() : error;
  } finally {
    progress.end();
    await servers.stop();
  }
  console.error(`written: ${PAGE}`);
}

/** CPU that Prometheus takes in a second without a question. */
async function idleSeconds({ prometheus }: FleetServers): Promise<number> {
  const taken = async () => {
    const text = await (await fetch(`${prometheus.url}/metrics`)).text();
    return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
  };
  const before = await taken();
  await new Promise((done) => setTimeout(done, MINUTE / 2));
  return (1000 * ((await taken()) - before)) / (MINUTE / 2);
}

interface Conditions {
  readonly targets: number;
  readonly minutes: number;
  readonly read: FleetRun["read"];
  readonly idle: number;
  /** Called after each run; throws Interrupted after Ctrl-C. */
  readonly step: () => Promise<void>;
}

/**
 * Processes that decide once, of which the first warms the servers up; then one that lives; then some that decide once again. So both ways see the machine
 * before and after: other work makes CPU times longer.
 */
async function measure(servers: FleetServers, { targets, minutes, read, idle, step }: Conditions): Promise<Hourly> {
  const busy = (run: FleetRun): FleetRun => {
    const prometheusSeconds = run.prometheusSeconds - idle * run.wallSeconds;
    const { result: _, ...figures } = { ...run, prometheusSeconds };
    say(JSON.stringify(figures), console.error);
    for (const line of run.result.stderr.split("\n").filter((one) => one.startsWith("WARN"))) say(line, console.error);
    return { ...run, prometheusSeconds };
  };
  const { run } = servers.rig;
  const once: FleetRun[] = [];
  const decideOnce = async (times: number) => {
    for (let i = 0; i < times; i++) once.push(busy(await measuredRun(servers, targets, read)));
  };
  busy(await measuredRun(servers, targets, read));
  await step();
  await decideOnce(ONCE);
  await step();
  const args = ["--every", "1m", "--for", `${minutes}m`];
  const rig = {
    ...servers.rig,
    run: (...[settings, more]: Parameters<typeof run>) => run(settings, { ...more, args }),
  };
  const lived = busy(await measuredRun({ ...servers, rig }, targets, read));
  await decideOnce(ONCE);
  await step();
  return { read, once, lived, decisions: minutes };
}

function machine(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}, ${memory}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
}
