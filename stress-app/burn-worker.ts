/** The worker thread that burns CPU until its own CPU clock has advanced by the requested seconds, then reports what it missed. */
import { parentPort } from "node:worker_threads";
import { wallLimit } from "./intensity.ts";

/** CPU seconds of this thread so far. The kernel moves it at its ticks: in steps of 4 ms, or 1 or 10, while the thread runs. */
function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

/** What the last burn took too much: at most a step of the clock, taken off the next one, so that many short burns sum up right. */
let surplus = 0;

/** Spins until `seconds` of CPU are used, or the wall clock says that the machine will not give them; the CPU seconds that are missing then. */
function burn(seconds: number): { readonly missing: number; readonly sink: number } {
  const goal = cpuSeconds() + seconds - surplus;
  const end = performance.now() + wallLimit(seconds) * 1000;
  let sink = 0;
  while (cpuSeconds() < goal && performance.now() < end) {
    for (let i = 1; i <= 5000; i++) sink += Math.sqrt(i);
  }
  const over = cpuSeconds() - goal;
  surplus = Math.max(0, over);
  return { missing: Math.max(0, -over), sink };
}

parentPort?.on("message", (seconds: number) => {
  parentPort?.postMessage(burn(seconds).missing);
});
