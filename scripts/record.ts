/** Records the fixtures: saves query_range answers of a real Prometheus over real stress-apps under traffic. */
import { mkdir, readdir, rename, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type RecordGroup, recordFiles, recordPlan } from "./record-plan.ts";
import { type AppProcess, end, launchApp, startTraffic } from "./record-processes.ts";
import { type RecordPrometheus, SCRAPE_INTERVAL, startRecordPrometheus } from "./record-prometheus.ts";
import { progressOf, say } from "./waiting.ts";

/** 50 minutes: 200 samples at 15 s, ten periods of the sine. */
const FULL = 3000;
/** Enough for a rate over 1 m and a few samples after it. */
const QUICK = 180;
/** Seconds between two saves, so that an interrupted recording leaves something. */
const SAVE_EVERY = 600;

const HELP = `node scripts/record.ts [--duration SECONDS | --quick] [--out FOLDER]
  --duration  seconds of the long recordings, 180 to 86400 (default ${FULL}); the short ones take 0.4 of it
  --quick     the same as --duration ${QUICK}
  --out       where the files go (default fixtures/recorded), once they are whole
Ctrl-C ends it; what was recorded so far stays in the folder OUT.partial, and OUT as it was.
`;

/** Runs what is planned for one group, at its times; the apps keep their ports. */
async function runEvents(
  group: RecordGroup,
  apps: readonly AppProcess[],
  prometheus: RecordPrometheus,
  started: number,
) {
  const ports = apps.map((app) => app.port);
  for (const { at, action } of group.events) {
    await sleep(Math.max(0, started + at * 1000 - Date.now()), undefined, { ref: false });
    say(`${group.name}: ${action} at ${new Date().toISOString()}`);
    if (action === "restart-one") await apps[0]!.restart();
    if (action === "restart-all") await Promise.all(apps.map((app) => app.restart()));
    if (action === "scrapes-off") await prometheus.setTargets(group.name, []);
    if (action === "scrapes-on") await prometheus.setTargets(group.name, ports);
  }
}

/** Asks for every file's time so far and writes the answers. Times are multiples of the step: Prometheus evaluates exactly there. */
async function save(groups: readonly RecordGroup[], prometheus: RecordPrometheus, out: string, started: number) {
  const start = Math.ceil(started / 1000 / SCRAPE_INTERVAL) * SCRAPE_INTERVAL;
  const now = Math.floor(Date.now() / 1000 / SCRAPE_INTERVAL) * SCRAPE_INTERVAL;
  for (const { file, query, duration } of recordFiles(groups)) {
    const until = Math.min(now, start + Math.floor(duration / SCRAPE_INTERVAL) * SCRAPE_INTERVAL);
    await writeFile(join(out, file), await prometheus.queryRange(query, start, until));
  }
  say(`${out}: saved after ${now - start} s`);
}

type Stop = () => Promise<void>;

/** Starts a group's apps, scrapes and traffic; what must be ended goes on `stops` as soon as it runs. */
async function startGroup(group: RecordGroup, prometheus: RecordPrometheus, stops: Stop[]): Promise<AppProcess[]> {
  const apps: AppProcess[] = [];
  for (let i = 0; i < group.processes; i++) {
    const app = await launchApp(group.name);
    stops.push(app.stop);
    apps.push(app);
  }
  await prometheus.setTargets(
    group.name,
    apps.map((app) => app.port),
  );
  const traffic = startTraffic(group, apps);
  stops.push(() => end(traffic));
  return apps;
}

/** Records into a folder beside `out`, and moves the files there when they are whole: a recording that was broken off must not replace one that was not. */
async function record(duration: number, out: string, signal: AbortSignal): Promise<void> {
  const partial = `${out.replace(/\/+$/, "")}.partial`;
  await mkdir(partial, { recursive: true });
  const prometheus = await startRecordPrometheus();
  const groups = recordPlan(duration);
  const stops: Stop[] = [];
  const progress = progressOf("record", "seconds");
  let failure: unknown;
  try {
    const started = Date.now();
    for (const group of groups) {
      const apps = await startGroup(group, prometheus, stops);
      runEvents(group, apps, prometheus, started).catch((error: unknown) => {
        failure ??= error;
      });
    }
    // A scrape interval more, so that the last step has its sample.
    const ending = started + (duration + SCRAPE_INTERVAL) * 1000;
    while (Date.now() < ending && !failure && !signal.aborted) {
      const until = Math.min(ending, Date.now() + SAVE_EVERY * 1000);
      while (Date.now() < until && !failure && !signal.aborted) {
        await sleep(Math.min(1000, until - Date.now()), undefined, { signal }).catch(() => undefined);
        await progress.watch(Math.round((Date.now() - started) / 1000), duration + SCRAPE_INTERVAL);
      }
      await save(groups, prometheus, partial, started);
    }
    if (failure) throw failure;
  } finally {
    progress.end();
    await Promise.all(stops.map((stop) => stop()));
    await prometheus.stop();
  }
  if (signal.aborted) return say(`ended early: what was recorded is in ${partial}, ${out} is as it was`);
  await mkdir(out, { recursive: true });
  for (const file of await readdir(partial)) await rename(join(partial, file), join(out, file));
  await rmdir(partial);
}

const { values } = parseArgs({
  options: {
    duration: { type: "string" },
    quick: { type: "boolean" },
    out: { type: "string", default: "fixtures/recorded" },
    help: { type: "boolean" },
  },
});
const duration = values.quick ? QUICK : Number(values.duration ?? FULL);
if (values.help) console.log(HELP);
else if (!(duration >= QUICK && duration <= 86_400)) {
  console.error(`--duration: must be a number of seconds from ${QUICK} to 86400, got ${values.duration}`);
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  let asked = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      asked++;
      stop.abort();
      process.exitCode = 130;
      // the second time: at once, with all that was started
      if (asked > 1) process.exit(130);
    });
  }
  await record(duration, values.out, stop.signal);
}
