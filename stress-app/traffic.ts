/** The entry of the traffic generator: flags, the loop, a report line every few seconds and a summary. */
import { arrivals } from "./arrivals.ts";
import { rateAt } from "./pattern.ts";
import { sendAll } from "./send.ts";
import { createTally, describeTally } from "./tally.ts";
import { readTrafficOptions, TrafficOptionError } from "./traffic-options.ts";

async function main(): Promise<void> {
  const options = await readTrafficOptions(process.argv.slice(2));
  if (!options) return;
  const stop = new AbortController();
  // Once: a second signal ends it without waiting for the last answers.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  let recent = createTally();
  const report = setInterval(() => {
    const now = elapsed();
    console.log(`${now.toFixed(0)} s rate ${rateAt(options.pattern, now).toFixed(2)}/s ${describeTally(recent)}`);
    recent = createTally();
  }, options.every * 1000);
  const total = await sendAll({
    times: arrivals(options.pattern, options.duration, options.spacing),
    urls: options.urls,
    maxInFlight: options.maxInFlight,
    keepAlive: options.keepAlive,
    timeout: options.timeout,
    signal: stop.signal,
    onEvent: (count) => count(recent),
  });
  clearInterval(report);
  console.log(`summary: ${elapsed().toFixed(1)} s ${describeTally(total)}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof TrafficOptionError ? 2 : 1;
});
