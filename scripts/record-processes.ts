/** Starts, restarts and ends the processes of a recording, at high priority and by their own process id. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RecordGroup } from "./record-plan.ts";
import { say } from "./waiting.ts";

const SERVER = fileURLToPath(new URL("../stress-app/server.ts", import.meta.url));
const TRAFFIC = fileURLToPath(new URL("../stress-app/traffic.ts", import.meta.url));

/** Niceness of what is recorded: a build beside it must not take the CPU that the burns ask for. */
const NICE = -10;

/** What runs still; whoever ends the recorder ends these too, for they have sessions of their own and Ctrl-C does not reach them. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts a process with a raised priority (NICE), which needs root. Without it the priority stays, and `nice` says so on stderr.
 * Where the kernel groups tasks by session, niceness counts only inside one session. Beside two builds, a recording at -10 lost a third
 * of its peaks. So each process gets a session, and the session's group is raised too.
 */
export function spawnUrgent(command: string, args: readonly string[], name: string): ChildProcess {
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const child = spawn("nice", ["-n", String(NICE), command, ...args], { stdio: [...stdio], detached: true });
  running.add(child);
  child.once("exit", () => running.delete(child));
  try {
    writeFileSync(`/proc/${child.pid}/autogroup`, String(NICE));
  } catch (error) {
    say(`[${name}] keeps its session's priority: ${error instanceof Error ? error.message : error}`);
  }
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream! }).on("line", (line) => say(`[${name}] ${line}`));
  }
  return child;
}

/** Asks a process to end by SIGTERM, and resolves when it has ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}

/** One stress-app. It keeps its port over a restart, as a pod keeps its address when its container restarts. */
export interface AppProcess {
  readonly port: number;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function launch(port: number, name: string): Promise<{ child: ChildProcess; port: number }> {
  const child = spawnUrgent(process.execPath, [SERVER, "--port", String(port), "--workers", "2"], name);
  const said = await Promise.race([
    new Promise<string>((resolve) => {
      createInterface({ input: child.stdout! }).on("line", (line) => line.includes("listens on") && resolve(line));
    }),
    once(child, "exit").then(() => ""),
  ]);
  const match = /:(\d+) with/.exec(said);
  if (!match) throw new Error(`${name}: the stress-app did not start`);
  return { child, port: Number(match[1]) };
}

/** Starts one stress-app on a free port of the loopback, and resolves when it listens. */
export async function launchApp(name: string): Promise<AppProcess> {
  let { child, port } = await launch(0, name);
  return {
    port,
    async restart() {
      await end(child);
      ({ child } = await launch(port, name));
    },
    stop: () => end(child),
  };
}

/** Starts the traffic generator of a group. It sends the group's requests to its apps in turn. */
export function startTraffic(group: RecordGroup, apps: readonly AppProcess[]): ChildProcess {
  const urls = apps.flatMap((app) => ["--url", `http://127.0.0.1:${app.port}`]);
  const args = [TRAFFIC, ...urls, "--duration", String(group.duration), ...group.traffic];
  return spawnUrgent(process.execPath, args, `${group.name} traffic`);
}
