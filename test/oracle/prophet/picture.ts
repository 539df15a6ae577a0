/** The picture of docs/decisions/0002-prophet-solver.md: where our forecast and Prophet's part, and how Stan's descent goes on. */
import { axisX, axisY, dot, gridY, line, ruleX } from "@observablehq/plot";
import { negativeLogPosterior } from "../../../job/core/forecast/prophet/objective.ts";
import { predict } from "../../../job/core/forecast/prophet/predict.ts";
import { bodyTop, escapeXml, frame, type LegendEntry, label, panel, sign } from "../../../job/report/chart.ts";
import { LIGHT } from "../../../job/report/theme.ts";
import type { GoldenCase } from "../../core/forecast/prophet/goldens.ts";
import { readGoldens, wholeFrame } from "../../core/forecast/prophet/goldens.ts";
import { naiveDescent } from "../../core/forecast/prophet/naive-solver.ts";
import { askStan } from "../../core/forecast/prophet/stan.ts";
import { forecastWith, modelOf, must, paramsOf, preparedOf } from "../../core/forecast/prophet/support.ts";

const WIDTH = 830;
/** Of a panel: its share of the width, its name, its plot with the axis. */
const [EACH_WIDTH, HEAD, EACH] = [WIDTH / 2 - 6, 30, 220];
const FORECASTS = ["square: defaults", "square: original", "waves: season of 600 s"];
const DESCENTS = [
  "square: defaults",
  "waves: season of 600 s",
  "wander: minute steps, supple",
  "shift: minute steps, supple",
];
const WAYS = {
  ours: { colour: LIGHT.forecast, width: 4, dash: "" },
  python: { colour: LIGHT.pods, width: 2.5, dash: "7 4" },
  wasm: { colour: LIGHT.ink, width: 1.5, dash: "2 3" },
} as const;
const DESCENT_LINES = [
  { colour: LIGHT.forecast, dash: "" },
  { colour: LIGHT.pods, dash: "" },
  { colour: LIGHT.ink, dash: "7 4" },
  { colour: LIGHT.muted, dash: "2 3" },
] as const;

const signOf = ({ colour, width, dash }: { colour: string; width: number; dash: string }) =>
  sign.line(colour, width, dash);

const LEGEND: readonly LegendEntry[] = [
  { sign: sign.dot(LIGHT.ink, 2.5), label: "history" },
  { sign: signOf(WAYS.ours), label: "forecast, ours" },
  { sign: signOf(WAYS.python), label: "Prophet (Python)" },
  { sign: signOf(WAYS.wasm), label: "its model in WASM" },
  ...DESCENTS.map((name, i) => ({
    sign: signOf({ ...DESCENT_LINES[i]!, width: 2.5 }),
    label: `descent, ${name.split(":")[0]}`,
  })),
];

/** The whole picture, the same bytes every time. */
export function solverPicture(): string {
  const { cases } = readGoldens();
  const named = (names: readonly string[]) => names.map((name) => cases.find((c) => c.name === name)!);
  const top = bodyTop(LEGEND.length) + 4;
  const at = (i: number) => [(i % 2) * (WIDTH / 2), top + Math.floor(i / 2) * EACH] as const;
  const body = [
    ...named(FORECASTS).map((c, i) => forecastPanel(c, ...at(i))),
    descentPanel(named(DESCENTS), ...at(FORECASTS.length)),
  ];
  return frame({
    width: WIDTH,
    height: top + 2 * EACH + 12,
    title: "Where forecasts part, and how Stan's descent goes on",
    legend: LEGEND,
    body: body.join("\n"),
  });
}

function place(left: number, top: number) {
  return {
    left,
    top: top + HEAD,
    width: EACH_WIDTH,
    height: EACH - HEAD,
    marginLeft: 58,
    marginRight: 34,
    marginTop: 6,
    marginBottom: 44,
  };
}

function named(left: number, top: number, name: string, axis: string): string {
  const title = `<text x="${left + 16}" y="${top + 20}" font-weight="600" fill="${LIGHT.ink}">${escapeXml(name)}</text>`;
  return title + label(left + EACH_WIDTH - 34, top + EACH - 4, axis, 'text-anchor="end"');
}

const rowsOf = (values: ArrayLike<number>) => Array.from(values, (y, x) => ({ x, y }));

/** History as dots, three forecasts as lines, a rule where the history ends. */
function forecastPanel(c: GoldenCase, left: number, top: number): string {
  const model = modelOf(c);
  const n = c.history.ds.length;
  const live = askStan(preparedOf(c).problem);
  const curves = [
    [WAYS.ours, must(predict(model, wholeFrame(c), { intervals: "none" })).yhat],
    [WAYS.python, c.prophet.yhat],
    [WAYS.wasm, live === undefined ? [] : forecastWith(c, model, live)],
  ] as const;
  const drawn = panel({
    ...place(left, top),
    x: { label: null },
    y: { label: null, nice: true },
    marks: [
      gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 4 }),
      axisX({ ticks: 5, tickSize: 3 }),
      axisY({ ticks: 4, tickSize: 3 }),
      ruleX([n - 0.5], { stroke: LIGHT.muted, strokeDasharray: "2 4" }),
      ...curves.map(([way, values]) =>
        line(rowsOf(values), { x: "x", y: "y", stroke: way.colour, strokeWidth: way.width, strokeDasharray: way.dash }),
      ),
      dot(rowsOf(c.history.y), { x: "x", y: "y", r: 1.6, fill: LIGHT.ink }),
    ],
  });
  return named(left, top, c.name, "steps; after the rule: future") + drawn;
}

/** Objective above ours (log scale) along a coordinate descent that starts where Stan stopped. */
function descentPanel(cases: readonly GoldenCase[], left: number, top: number): string {
  const rounds = 100;
  const lines = cases.map((c, i) => {
    const { problem } = preparedOf(c);
    const ours = modelOf(c).objective;
    let at = paramsOf(c);
    const points: { x: number; y: number }[] = [];
    for (let r = 0; r <= rounds; r++) {
      points.push({ x: r * 100, y: Math.max(1e-5, negativeLogPosterior(problem, at) - ours) });
      at = naiveDescent(problem, 1, at);
    }
    const { colour, dash } = DESCENT_LINES[i]!;
    return line(points, { x: "x", y: "y", stroke: colour, strokeWidth: 2.5, strokeDasharray: dash });
  });
  const drawn = panel({
    ...place(left, top),
    x: { label: null },
    y: { label: null, type: "log", domain: [1e-5, 10] },
    marks: [
      gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 6 }),
      axisX([0, 5000, 10_000], { tickSize: 3, tickFormat: (v: number) => v.toLocaleString("en") }),
      axisY([1e-5, 1e-3, 1e-1, 10], { tickSize: 3, tickFormat: (v: number) => `1e${Math.round(Math.log10(v))}` }),
      ...lines,
    ],
  });
  return named(left, top, "objective above ours", "sweeps of descent from Stan's end") + drawn;
}
