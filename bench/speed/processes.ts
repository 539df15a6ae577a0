/** Measures whole processes in turn: wall time, CPU time, memory, and ratios to bare Node. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Interrupted, progressOf } from "../../scripts/waiting.ts";

/** A process that is timed from start to end. */
export interface Contestant {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Arguments that make it tell its own CPU time and memory: `USAGE [ms, MB]` on stderr. */
  readonly telling: readonly string[];
}

/** The medians of one contestant, and of its ratios to the first contestant of the same round. */
export interface ContestantRow {
  readonly name: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly times: ProcessRatios;
}

/** Wall time, CPU time and memory as multiples of bare Node. */
export interface ProcessRatios {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
}

/** Told by the process itself at its end, on stderr: wall time is taken from outside, without this. */
const TELL_NODE = `process.on("exit",()=>{const u=process.resourceUsage();require("node:fs").writeSync(2,"\\nUSAGE "+JSON.stringify([(u.userCPUTime+u.systemCPUTime)/1000,u.maxRSS/1024])+"\\n")})`;

/** Flags of Node with which a process tells its usage on stderr at its end. The code for that lies in `folder`. */
export function tellingNode(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "tell.cjs");
  writeFileSync(file, TELL_NODE);
  return ["--require", file];
}

/**
 * Python code that tells a process' usage; it needs `json`, `resource` and `sys`. Prophet fits in a process of Stan, whose time counts
 * too.
 */
export const TELL_PYTHON = `
own, stan = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = sum(u.ru_utime + u.ru_stime for u in (own, stan))
print("\\nUSAGE " + json.dumps([1000 * seconds, max(own.ru_maxrss, stan.ru_maxrss) / 1024]), file=sys.stderr)
`;

/** Runs a process to its end and measures its wall time. Throws when it fails. */
export async function runProcessTimed(
  { name, command, env }: Pick<Contestant, "name" | "command" | "env">,
  args: readonly string[],
): Promise<{ readonly wallMs: number; readonly stdout: string; readonly stderr: string }> {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  }
  let wallMs = 0;
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("exit", () => {
      wallMs = performance.now() - start;
    });
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${said.stderr}`);
  return { wallMs, ...said };
}

/** The median of numbers; of an even count the upper of the two in the middle. There must be one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/**
 * Times all contestants in turn for so many rounds, so that a busy machine hits all alike. The first one is bare Node.
 * Each round starts each contestant twice: once timed from outside, once telling its usage. `ready` is awaited before each start. Two
 * starts of each warm the caches first.
 */
export async function race(
  all: readonly Contestant[],
  rounds: number,
  ready: (next: Contestant) => Promise<void> = async () => {},
): Promise<readonly ContestantRow[]> {
  const wall = all.map((): number[] => []);
  const cpu = all.map((): number[] => []);
  const memory = all.map((): number[] => []);
  const start = async (c: Contestant, args: readonly string[]) => {
    await ready(c);
    return runProcessTimed(c, args);
  };
  for (const c of all) for (let i = 0; i < 2; i++) await start(c, c.args);
  const progress = progressOf("speed", "starts");
  for (let round = 0; round < rounds; round++)
    for (const [i, c] of all.entries()) {
      if ((await progress.watch(round * all.length + i, rounds * all.length)) === false) throw new Interrupted();
      wall[i]!.push((await start(c, c.args)).wallMs);
      const told = /USAGE (\[.*\])/.exec((await start(c, c.telling)).stderr)?.[1];
      if (told === undefined) throw new Error(`${c.name} did not tell its CPU time`);
      const [ms, mb] = JSON.parse(told) as [number, number];
      cpu[i]!.push(ms);
      memory[i]!.push(mb);
    }
  progress.end();
  const times = (of: readonly number[][], i: number) => median(of[i]!.map((value, round) => value / of[0]![round]!));
  return all.map((c, i) => ({
    name: c.name,
    wallMs: median(wall[i]!),
    cpuMs: median(cpu[i]!),
    rssMb: Math.max(...memory[i]!),
    times: { wall: times(wall, i), cpu: times(cpu, i), memory: times(memory, i) },
  }));
}

/** The rows as a Markdown table. */
export function raceTable(rows: readonly ContestantRow[]): string {
  const cells = rows.map((r) => [
    r.name,
    r.wallMs.toFixed(0),
    r.times.wall.toFixed(1),
    r.cpuMs.toFixed(0),
    r.times.cpu.toFixed(1),
    r.rssMb.toFixed(0),
    r.times.memory.toFixed(1),
  ]);
  const head = [
    "process, cold",
    "wall ms",
    "x bare Node",
    "CPU ms",
    "x bare Node",
    "largest memory, MB",
    "x bare Node",
  ];
  return [head, head.map(() => "---"), ...cells].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** How many times more another process takes than ours, in words. */
export function against(name: string, other: ContestantRow, ours: ContestantRow): string {
  const more = (of: "wallMs" | "cpuMs" | "rssMb") => (other[of] / ours[of]).toFixed(1);
  return `${name} takes ${more("wallMs")} times the wall time, ${more("cpuMs")} times the CPU time and ${more("rssMb")} times the memory of a run.`;
}

/** The command of a Python that has all the modules: $PYTHON, else python3. Null when neither has them. */
export async function pythonWith(modules: readonly string[]): Promise<string | null> {
  for (const command of [process.env.PYTHON, "python3"]) {
    if (command === undefined || command === "") continue;
    const found = runProcessTimed({ name: command, command, env: plainEnv() }, ["-c", `import ${modules.join(", ")}`]);
    if (await found.then(() => true).catch(() => false)) return command;
  }
  return null;
}

/** The environment without the variables that change how Node starts, and with `more`. */
export function plainEnv(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = "", HOME = "", LANG = "C.UTF-8" } = process.env;
  return { PATH, HOME, LANG, ...more };
}
