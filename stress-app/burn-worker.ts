/** The worker thread that burns CPU: busy for the seconds it is told, then says so. */
import { parentPort } from "node:worker_threads";

/** Spins until `seconds` of wall clock have passed. The clock is read every ~20 microseconds, so the end is exact to well under 1 ms. */
function burn(seconds: number): number {
  const end = performance.now() + seconds * 1000;
  let sink = 0;
  while (performance.now() < end) {
    for (let i = 1; i <= 5000; i++) sink += Math.sqrt(i);
  }
  return sink;
}

parentPort?.on("message", (seconds: number) => {
  burn(seconds);
  parentPort?.postMessage("done");
});
