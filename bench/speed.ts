/** Speed: a cold start, the whole `--once` over a recorded history beside a bare Node, and beside Python with Prophet where it is installed, and the forecast in a warm process; writes docs/speed.md. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { each, interruption } from "../scripts/waiting.ts";
import { warmSection } from "./speed/warm-section.ts";

const ROOT = join(import.meta.dirname, "..");
const JOB = join(ROOT, "dist/job.js");
const SERIES = join(ROOT, "fixtures/recorded/sine.json");
const CACHE = join(ROOT, "node_modules/.cache/speed");
const SETTINGS = ["--target-cpu", "0.05", "--min", "1", "--max", "10", "--dry-run", "--json"];
const RUN = [JOB, "--once", "--history-file", SERIES, ...SETTINGS];

/** Told by the process itself at its end, on stderr: wall time is taken from outside, without this. */
const TELL_NODE = `process.on("exit",()=>{const u=process.resourceUsage();require("node:fs").writeSync(2,"\\nUSAGE "+JSON.stringify([(u.userCPUTime+u.systemCPUTime)/1000,u.maxRSS/1024])+"\\n")})`;

/** What a user of Prophet runs once a minute: the same 120 points, the settings of the system that this project re-creates. */
const PYTHON = `
import json, logging, resource, sys
logging.disable(logging.CRITICAL)
import pandas as pd
from prophet import Prophet
points = json.load(open(sys.argv[1]))["data"]["result"][0]["values"][-120:]
frame = pd.DataFrame({"ds": pd.to_datetime([p[0] for p in points], unit="s"), "y": [float(p[1]) for p in points]})
model = Prophet(daily_seasonality=False, weekly_seasonality=False, yearly_seasonality=False, changepoint_prior_scale=0.5)
model.add_seasonality(name="short", period=300 / 86400, fourier_order=10)
model.fit(frame)
future = model.make_future_dataframe(periods=4, freq="15s", include_history=False)
print(max(model.predict(future)["yhat"]))
u = resource.getrusage(resource.RUSAGE_SELF)
print("\\nUSAGE " + json.dumps([1000 * (u.ru_utime + u.ru_stime), u.ru_maxrss / 1024]), file=sys.stderr)
`;

/** A process that is timed from start to end. */
interface Contestant {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments that make it tell its own CPU time and memory. */
  readonly telling: readonly string[];
}

/** Medians of one contestant. */
interface Row {
  readonly name: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
}

function contestants(): readonly Contestant[] {
  const node = process.execPath;
  const preload = join(CACHE, "tell.cjs");
  const tell = (args: readonly string[]) => ["--require", preload, ...args];
  const ours = (name: string, args: readonly string[], cache: string): Contestant => ({
    name,
    command: node,
    args,
    telling: tell(args),
    env: { NODE_COMPILE_CACHE: join(CACHE, cache) },
  });
  const off: Contestant = {
    name: "a run, no compile cache",
    command: node,
    args: RUN,
    telling: tell(RUN),
    env: { NODE_DISABLE_COMPILE_CACHE: "1" },
  };
  const bare: Contestant = { name: "`node -e 0`", command: node, args: ["-e", "0"], telling: tell(["-e", "0"]) };
  const all = [
    bare,
    ours("a run (`--once`, 120 points)", RUN, "run"),
    off,
    ours("`--version`", [JOB, "--version"], "run"),
  ];
  const python = pythonWithProphet();
  if (python === null) {
    console.error(
      "Python with prophet is not here, so its row is left out: pip install prophet, or PYTHON=/path/to/python.",
    );
    return all;
  }
  const args = ["-c", PYTHON, SERIES];
  return [...all, { name: "Python: import prophet, fit, predict", command: python, args, telling: args }];
}

function pythonWithProphet(): string | null {
  const candidates = [process.env.PYTHON, "python3"].filter((c) => c !== undefined && c !== "");
  return candidates.find((c) => spawnSync(c!, ["-c", "import prophet"], { stdio: "ignore" }).status === 0) ?? null;
}

function run(c: Contestant, args: readonly string[]): { readonly wallMs: number; readonly stderr: string } {
  const start = performance.now();
  const { status, stderr } = spawnSync(c.command, args, {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    env: { ...process.env, ...c.env },
  });
  const wallMs = performance.now() - start;
  if (status !== 0) throw new Error(`${c.name} ended with ${status}:\n${stderr}`);
  return { wallMs, stderr };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** All contestants in turn, again and again, so that a busy minute of the machine hits all alike. */
async function race(all: readonly Contestant[], rounds: number): Promise<readonly Row[]> {
  const wall = all.map((): number[] => []);
  const usage = all.map((): [number, number][] => []);
  for (const c of all) for (let i = 0; i < 2; i++) run(c, c.args);
  await each("speed", "rounds", Array.from({ length: rounds }), () => {
    all.forEach((c, i) => {
      wall[i]!.push(run(c, c.args).wallMs);
      const told = /USAGE (\[.*\])/.exec(run(c, c.telling).stderr)?.[1];
      if (told !== undefined) usage[i]!.push(JSON.parse(told) as [number, number]);
    });
  });
  return all.map((c, i) => ({
    name: c.name,
    wallMs: median(wall[i]!),
    cpuMs: median(usage[i]!.map(([cpu]) => cpu)),
    rssMb: Math.max(...usage[i]!.map(([, rss]) => rss)),
  }));
}

function table(rows: readonly Row[]): string {
  const bare = rows[0]!;
  const cells = rows.map((r) => [
    r.name,
    r.wallMs.toFixed(0),
    (r.wallMs / bare.wallMs).toFixed(1),
    r.cpuMs.toFixed(0),
    (r.cpuMs / bare.cpuMs).toFixed(1),
    r.rssMb.toFixed(0),
  ]);
  const head = ["process, cold", "wall ms", "x bare Node", "CPU ms", "x bare Node", "largest memory, MB"];
  return [head, head.map(() => "---"), ...cells].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Runs the bench. `--rounds N`: how often each process is started (11). */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "11" } } });
  if (!existsSync(JOB)) throw new Error("dist/job.js is missing: npm run build");
  rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, "tell.cjs"), TELL_NODE);
  const rounds = Number(values.rounds);
  const rows = await race(contestants(), rounds);
  const text = table(rows);
  if (interruption().aborted) return console.log(text);
  const ours = rows[1]!;
  const python = rows.find((r) => r.name.startsWith("Python"));
  const against =
    python === undefined
      ? "Python with prophet was not on this machine."
      : `Python takes ${(python.wallMs / ours.wallMs).toFixed(1)} times the wall time, ${(python.cpuMs / ours.cpuMs).toFixed(1)} times the CPU time and ${(python.rssMb / ours.rssMb).toFixed(1)} times the memory of a run.`;
  const warm = warmSection();
  console.log(`${text}\n\n${against}\n\n${warm}`);
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.versions.node}, load ${loadavg()[0]!.toFixed(1)} at the end`;
  writeFileSync(join(ROOT, "docs/speed.md"), page(text, against, warm, machine, rounds));
}

function page(text: string, against: string, warm: string, machine: string, rounds: number): string {
  return `# Speed

<!-- Written by \`npm run bench -- speed\`. -->

One whole process, from its start to its end, cold, as a CronJob starts it once a minute: read a recorded history of half an hour
(120 points), fit all models, backtest them, decide, print JSON. Medians of ${rounds} starts each, all processes in turn; memory is the
largest of all starts. Machine: ${machine}. Wall times move with the load of the machine; the ratios and the CPU times are what counts.

${text}

${against}

A run with a history file loads neither axios nor client-node nor the plots; over a real Prometheus and a real API server both
libraries come on top. The compile cache is Node's own (\`NODE_COMPILE_CACHE\`); the image brings it filled.

${warm}`;
}
