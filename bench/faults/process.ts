/** Runs the job as a process: its output, time and peak memory. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Told by the process itself at its end, into a file: stderr may be closed. And a clock that is ahead, where that is the fault. */
const BEFORE = `
const ahead = Number(process.env.CLOCK_AHEAD ?? 0) * 1000;
if (ahead !== 0) {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) { given.length === 0 ? super(Real.now() + ahead) : super(...given); }
    static now() { return Real.now() + ahead; }
  };
}
process.on("exit", () => require("node:fs").writeFileSync(process.env.TELL_FILE, String(process.resourceUsage().maxRSS / 1024)));
`;

/** After this long it is ended. */
const TIMEOUT_MS = 60_000;

/** The end of a process: its output, its milliseconds, and its peak memory in MiB. */
export interface ProcessResult {
  /** null: it had to be ended. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
  /** Largest resident memory. */
  readonly mebibytes: number;
}

type Stream = "closed" | "full" | undefined;

/** Runs the job to its end, for at most a minute. Its environment is `env` and nothing else. `streams` closes or fills its output. */
export async function runProcess(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  streams: { readonly stdout?: Stream; readonly stderr?: Stream } = {},
): Promise<ProcessResult> {
  const own = join(folder, `tell-${env.PROPHET_AUTOSCALER_NAMESPACE}`);
  writeFileSync(`${own}.cjs`, BEFORE);
  rmSync(own, { force: true });
  const full = openSync("/dev/full", "w");
  const start = performance.now();
  const child = spawn(process.execPath, ["--require", `${own}.cjs`, ...args], {
    env: { ...env, TELL_FILE: own },
    stdio: ["ignore", streams.stdout === "full" ? full : "pipe", streams.stderr === "full" ? full : "pipe"],
  });
  closeSync(full);
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    const stream = child[name];
    if (streams[name] === "closed") stream?.destroy();
    else
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said[name] += text;
      });
  }
  let largest = 0;
  // one that is replaced or ended tells nothing at its end
  const look = setInterval(() => {
    largest = Math.max(largest, residentOf(child.pid));
  }, 200);
  const patience = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  let milliseconds = 0;
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("exit", () => {
      milliseconds = performance.now() - start;
    });
    child.on("error", reject).on("close", resolve);
  });
  clearInterval(look);
  clearTimeout(patience);
  return { code, ...said, milliseconds, mebibytes: Math.max(largest, told(own)) };
}

function told(file: string): number {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}

function residentOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
