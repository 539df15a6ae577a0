/** The section of docs/speed.md on what a warm process takes: the whole of `auto`, and Prophet beside its Stan model. */
import { forecastAuto } from "../../job/core/forecast/auto.ts";
import type { ForecastRequest } from "../../job/core/forecast/types.ts";
import { originsOf, windowBefore } from "../../job/replay/backtest.ts";
import { generatedSeries } from "../accuracy/generated.ts";
import { benchProphet, prophetTable } from "../prophet.ts";

/** Values in the window, and steps of the lead: 8 steps of 15 s are lag, start of 30 s and a minute's interval. */
const CASES: readonly (readonly [values: number, lead: number])[] = [
  [120, 4],
  [120, 8],
  [120, 40],
  [480, 8],
];
/** Windows of one series, and how often each is forecast. */
const WINDOWS = 8;
const REPEATS = 3;

/** Runs `auto` over windows of every generated kind, and Prophet in every way that is at hand; returns Markdown. */
export function warmSection(): string {
  const rows = CASES.map(([values, lead]) => {
    const times = cpuTimes(requests(values, lead));
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!.toFixed(1);
    return `| ${values} | ${lead} | ${times.length} | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${times.at(-1)!.toFixed(1)} |`;
  });
  return `## Warm, in the process

The whole of \`auto\`: all models, their backtest at up to 120 origins, weights, quantiles. CPU milliseconds of the thread for one forecast (what others
do to the machine meanwhile is not in it), over windows of the generated series of docs/accuracy.md, after 160 forecasts that warm it up.

| values in the window | steps of the lead | forecasts | median | 95 % | 99 % | largest |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}

Prophet's own model, by our solver, by Stan compiled to WebAssembly (augurs), and in Python:

${prophetTable(benchProphet())}
`;
}

function requests(values: number, leadSteps: number): ForecastRequest[] {
  return generatedSeries().flatMap(({ series }) =>
    originsOf(series.values.length, values, leadSteps, WINDOWS).map((origin) => ({
      series: windowBefore(series, origin, values),
      horizonSteps: Math.max(1, Math.round(60 / series.step)),
      leadSteps: Math.max(leadSteps, Math.round(60 / series.step)),
      levels: [0.5, 0.6, 0.87],
    })),
  );
}

/** CPU time of each forecast on this thread, ms, ascending; garbage collection on it included. */
function cpuTimes(asked: readonly ForecastRequest[]): number[] {
  for (const request of asked.slice(0, WINDOWS * 20)) forecastAuto(request);
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    for (const request of asked) {
      const before = process.threadCpuUsage();
      forecastAuto(request);
      const { user, system } = process.threadCpuUsage(before);
      times.push((user + system) / 1000);
    }
  }
  return times.sort((a, b) => a - b);
}
