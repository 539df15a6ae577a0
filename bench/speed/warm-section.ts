/** The section of docs/speed.md on a warm process: the whole of `auto`, and Prophet beside its Stan model. */
import { forecastAuto } from "../../job/core/forecast/forecasters/auto.ts";
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

/** Times `auto` over windows of every generated kind, and Prophet with every implementation that is installed. Returns Markdown. */
export function warmSection(): string {
  const rows = CASES.map(([values, lead]) => {
    const { times, cpu } = measure(requests(values, lead));
    const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!.toFixed(1);
    const spread = `${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${times.at(-1)!.toFixed(1)}`;
    return `| ${values} | ${lead} | ${times.length} | ${spread} | ${cpu.toFixed(1)} |`;
  });
  return `## Warm, in the process

The whole of \`auto\`: all models, their backtest at up to 120 origins, weights, quantiles. Milliseconds by the clock of every single forecast, garbage
collection and whatever else the machine did included. Over windows of the generated series of docs/accuracy.md, after 160 forecasts that warm it up.
Beside them the mean of the thread's CPU time.

| values in the window | steps of the lead | forecasts | median | 95 % | 99 % | largest | CPU, mean |
| --- | --- | --- | --- | --- | --- | --- | --- |
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

/** Clock time of each forecast, ms, ascending; and their mean CPU time on this thread, ms: many kernels count that in steps of 4 ms, too coarse for one forecast. */
function measure(asked: readonly ForecastRequest[]): { readonly times: readonly number[]; readonly cpu: number } {
  for (const request of asked.slice(0, WINDOWS * 20)) forecastAuto(request);
  const times: number[] = [];
  const before = process.threadCpuUsage();
  for (let i = 0; i < REPEATS; i++) {
    for (const request of asked) {
      const began = performance.now();
      forecastAuto(request);
      times.push(performance.now() - began);
    }
  }
  const { user, system } = process.threadCpuUsage(before);
  return { times: times.sort((a, b) => a - b), cpu: (user + system) / 1000 / times.length };
}
