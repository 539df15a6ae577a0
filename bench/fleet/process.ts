/** The job's process in the fleet: the heap that V8 takes in a pod, and what it tells of itself at its end. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What a process told at its end. CPU of all its threads and of its main thread in seconds, and the largest memory in MiB.
 * The longest turn of its event loop since its first connection, in ms of CPU.
 */
export interface ProcessFigures {
  readonly cpuSeconds: number;
  readonly mainSeconds: number;
  readonly memoryMb: number;
  readonly longestTurn: number;
}

/** The heap of old objects that Node 24 takes in a container of 192 or 384 MiB, as measured in both. Without a limit it is 4 GiB here, and garbage stays for long. */
const POD_HEAP = "--max-old-space-size=256";

/** Flags of Node that give V8 the heap of a pod: those of the image, and the heap that follows from the container's limit. */
export function limitsOfPod(): readonly string[] {
  const dockerfile = readFileSync(join(import.meta.dirname, "../../Dockerfile"), "utf8");
  const entry = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1];
  const words = JSON.parse(entry ?? "[]") as readonly string[];
  return [...words.filter((word) => word.startsWith("--")), POD_HEAP];
}

/** Makes the job take the machine for one with a single processor, so that it starts no threads for decisions. */
export const ONE_PROCESSOR = { FLEET_PROCESSORS: "1" };

/**
 * A turn is timed by the CPU that the thread took in it: on a machine with other work the wall time of a turn is theirs. Before
 * the first connection there is none to be kept waiting.
 */
const TELL = `
if (process.env.FLEET_PROCESSORS) {
  require("node:os").availableParallelism = () => Number(process.env.FLEET_PROCESSORS);
  require("node:module").syncBuiltinESMExports();
}
if (require("node:worker_threads").isMainThread) {
  let [longest, last] = [0, null];
  const taken = () => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1000; };
  require("node:diagnostics_channel").subscribe("net.client.socket", () => {
    if (last !== null) return;
    last = taken();
    setInterval(() => { const now = taken(); longest = Math.max(longest, now - last); last = now; }, 1).unref();
  });
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    // maxRSS would be at least that of the process that started this one
    const [, peak] = /^VmHWM:\\s+(\\d+)/m.exec(require("node:fs").readFileSync("/proc/self/status", "latin1"));
    require("node:fs").writeSync(2, "\\nUSAGE " + JSON.stringify([(userCPUTime + systemCPUTime) / 1e6, taken() / 1000, peak / 1024, longest]) + "\\n");
  });
}
`;

/** Flags of Node with which a process writes its figures to stderr at its end. The code for that lies in `folder`. */
export function tellingFleet(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "tell.cjs");
  writeFileSync(file, TELL);
  return ["--require", file];
}

/** Reads the figures from a process' stderr. Throws where there are none. */
export function figuresIn(stderr: string): ProcessFigures {
  const told = /USAGE (\[.*\])/.exec(stderr)?.[1];
  if (told === undefined) throw new Error(`the job did not tell its CPU time: ${stderr.slice(0, 500)}`);
  const [cpuSeconds, mainSeconds, memoryMb, longestTurn] = JSON.parse(told) as [number, number, number, number];
  return { cpuSeconds, mainSeconds, memoryMb, longestTurn };
}
