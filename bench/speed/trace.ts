/** Traces one run: V8's sampling profiler, and a preload that records each HTTP call, in milliseconds of the monotonic clock. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LiveServers } from "./live-servers.ts";

/** One HTTP call of a traced run. */
export interface TracedCall {
  readonly method: string;
  readonly path: string;
  readonly began: number;
  /** When the TLS handshake was done; only of the call that opened the connection. */
  readonly secure?: number;
  readonly ended: number;
}

/** The fields of a .cpuprofile file that are read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      /** From 0, of the function's start. */
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
    readonly children?: readonly number[];
  }[];
  /** Microseconds. */
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** What one traced run left. */
export interface Trace {
  /** The parent asked for the process; the preload ran; the process began to end; the parent saw it end. */
  readonly spawned: number;
  readonly begun: number;
  readonly exit: number;
  readonly gone: number;
  readonly calls: readonly TracedCall[];
  readonly profile: CpuProfile;
}

/** Microseconds between two samples. At 1000 the parts of a few milliseconds would be guesses. */
export const INTERVAL = 200;

const PRELOAD = `
const at = () => Number(process.hrtime.bigint()) / 1e6;
const begun = at();
const calls = [];
require("node:diagnostics_channel").subscribe("http.client.request.created", ({ request }) => {
  const call = { method: request.method, path: request.path.split("?")[0], began: at() };
  calls.push(call);
  request.once("socket", (socket) => { if (socket.encrypted && socket.connecting) socket.once("secureConnect", () => { call.secure = at(); }); });
  request.once("response", (response) => { response.once("end", () => { call.ended = at(); }); });
});
process.on("exit", () => {
  const exit = at();
  require("node:fs").writeFileSync(process.env.BENCH_TRACE, JSON.stringify({ begun, exit, calls }));
});
`;

const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Runs the job once under V8's sampling profiler. Throws when it fails. */
export async function profiledRun(servers: LiveServers): Promise<Trace> {
  const folder = join(servers.folder, "trace");
  const flags = ["--cpu-prof", `--cpu-prof-interval=${INTERVAL}`, `--cpu-prof-dir=${folder}`, "--cpu-prof-name=run"];
  const traced = await tracedRun(servers, flags);
  return { ...traced, profile: JSON.parse(await readFile(join(folder, "run"), "utf8")) as CpuProfile };
}

/** Runs the job once with further flags of Node, and records its HTTP calls. Throws when it fails. */
export async function tracedRun(servers: LiveServers, flags: readonly string[] = []): Promise<Omit<Trace, "profile">> {
  const folder = join(servers.folder, "trace");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const [preload, told] = [join(folder, "preload.cjs"), join(folder, "told.json")];
  await writeFile(preload, PRELOAD);
  const job = [...servers.flags, servers.job, "--once", "--config", servers.config];
  const { command, args } = servers.inPod(process.execPath, [...flags, "--require", preload, ...job]);
  const spawned = now();
  const child = spawn(command, args, { stdio: "ignore", env: { ...servers.env, BENCH_TRACE: told } });
  const [code] = (await once(child, "exit")) as [number | null];
  const gone = now();
  if (code !== 0) throw new Error(`a traced run ended with ${code}`);
  const rest = JSON.parse(await readFile(told, "utf8")) as Pick<Trace, "begun" | "exit" | "calls">;
  return { spawned, gone, ...rest };
}
