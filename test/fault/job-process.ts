/** The bundled job as a process against fake servers: its answer, its log, the most memory it held. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const JOB = join(import.meta.dirname, "../../dist/job.js");
/** Whether it has been built; says so when not. */
export const built = existsSync(JOB);
if (!built) console.log("skipped: dist/job.js is not there; npm run build makes it");

/** The limit of memory that manifests/base ships, in MiB. */
export const MEMORY_LIMIT = 192;

const TELL = `data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(2,"\\nRSS "+process.resourceUsage().maxRSS/1024+"\\n"))`;

/** What became of a process. */
export interface JobResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Largest resident memory in MiB; NaN when it was killed. */
  readonly rss: number;
  readonly milliseconds: number;
}

/** Runs `dist/job.js` with these arguments and nothing else of our environment. `wrap`: a command that runs what follows it. */
export function runJob(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  wrap: readonly string[] = [],
): Promise<JobResult> {
  const start = performance.now();
  const [command = "", ...rest] = [...wrap, process.execPath, "--import", TELL, JOB, ...args];
  return new Promise((resolve) => {
    const options = { env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(command, rest, options, (_error, stdout, stderr) => {
      const rss = Number(/\nRSS ([\d.]+)/.exec(stderr)?.[1] ?? Number.NaN);
      resolve({ code: child.exitCode, stdout, stderr, rss, milliseconds: performance.now() - start });
    });
  });
}
