/** Draws docs/decisions/0002-prophet-solver.svg: where our forecast and Prophet's part, and how Stan's descent goes on. */
import { writeFileSync } from "node:fs";
import { negativeLogPosterior } from "../../../job/core/forecast/prophet/objective.ts";
import { predict } from "../../../job/core/forecast/prophet/predict.ts";
import type { GoldenCase } from "../../core/forecast/prophet/goldens.ts";
import { readGoldens, wholeFrame } from "../../core/forecast/prophet/goldens.ts";
import { naiveDescent } from "../../core/forecast/prophet/naive-solver.ts";
import { askStan } from "../../core/forecast/prophet/stan.ts";
import { forecastWith, modelOf, must, paramsOf, preparedOf } from "../../core/forecast/prophet/support.ts";

const WIDTH = 460;
const HEIGHT = 210;
const PAD = { left: 44, right: 10, top: 30, bottom: 24 };
const FORECASTS = ["square: defaults", "square: original", "waves: season of 600 s"];
const DESCENTS = [
  "square: defaults",
  "waves: season of 600 s",
  "wander: minute steps, supple",
  "shift: minute steps, supple",
];
const COLOURS = { ours: "#1f6feb", python: "#d1242f", wasm: "#bf8700" };
const DESCENT_COLOURS = ["#1f6feb", "#d1242f", "#bf8700", "#1a7f37"];

interface Scale {
  readonly x: (v: number) => number;
  readonly y: (v: number) => number;
}

function scale(xs: readonly [number, number], ys: readonly [number, number]): Scale {
  const wide = WIDTH - PAD.left - PAD.right;
  const high = HEIGHT - PAD.top - PAD.bottom;
  return {
    x: (v) => PAD.left + (wide * (v - xs[0])) / (xs[1] - xs[0]),
    y: (v) => PAD.top + high - (high * (v - ys[0])) / (ys[1] - ys[0]),
  };
}

function line(values: readonly (readonly [number, number])[], s: Scale, colour: string, dash = ""): string {
  const points = values.map(([x, y]) => `${s.x(x).toFixed(1)},${s.y(y).toFixed(1)}`).join(" ");
  return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-dasharray="${dash}"/>`;
}

function text(x: number, y: number, content: string, more = ""): string {
  return `<text x="${x}" y="${y}" ${more}>${content.replaceAll("<", "&lt;")}</text>`;
}

function legend(entries: readonly (readonly [string, string])[]): string {
  const items = entries.map(([label, colour], i) => text(PAD.left + 6 + 135 * i, 26, label, `fill="${colour}"`));
  return items.join("");
}

function axes(s: Scale, ys: readonly number[], label: (v: number) => string): string {
  return ys
    .map((v) => {
      const y = s.y(v).toFixed(1);
      const rule = `<line x1="${PAD.left}" x2="${WIDTH - PAD.right}" y1="${y}" y2="${y}" stroke="#ddd"/>`;
      return rule + text(PAD.left - 6, Number(y) + 4, label(v), 'text-anchor="end"');
    })
    .join("");
}

/** History as dots, three forecasts as lines, a rule where the history ends. */
function forecastPanel(c: GoldenCase): string {
  const model = modelOf(c);
  const n = c.history.ds.length;
  const live = askStan(preparedOf(c).problem);
  const curves = [
    { values: c.prophet.yhat, colour: COLOURS.python },
    { values: live === undefined ? [] : Array.from(forecastWith(c, model, live)), colour: COLOURS.wasm },
    { values: Array.from(must(predict(model, wholeFrame(c), { intervals: "none" })).yhat), colour: COLOURS.ours },
  ];
  const all = [...Array.from(c.history.y), ...curves.flatMap((curve) => [...curve.values])];
  const low = Math.floor(Math.min(...all));
  const high = Math.ceil(Math.max(...all));
  const s = scale([0, n + c.future.ds.length], [low, high]);
  const dots = Array.from(
    c.history.y,
    (y, i) => `<circle cx="${s.x(i).toFixed(1)}" cy="${s.y(y).toFixed(1)}" r="1.4"/>`,
  );
  const end = s.x(n - 0.5).toFixed(1);
  return [
    text(PAD.left, 12, c.name, 'font-weight="bold"'),
    legend([
      ["ours", COLOURS.ours],
      ["Prophet (Python)", COLOURS.python],
      ["its model in WASM", COLOURS.wasm],
    ]),
    axes(s, [low, (low + high) / 2, high], (v) => v.toFixed(1)),
    ...dots,
    `<line x1="${end}" x2="${end}" y1="${PAD.top}" y2="${HEIGHT - PAD.bottom}" stroke="#999" stroke-dasharray="3 3"/>`,
    ...curves.map(({ values, colour }) =>
      line(
        values.map((v, i) => [i, v] as const),
        s,
        colour,
      ),
    ),
    text(WIDTH - PAD.right, HEIGHT - 8, "future", 'text-anchor="end"'),
  ].join("\n");
}

/** Objective above ours (log scale) along a coordinate descent that starts where Stan stopped. */
function descentPanel(cases: readonly GoldenCase[]): string {
  const rounds = 100;
  const s = scale([0, rounds * 100], [-5, 1]);
  const curves = cases.map((c, i) => {
    const { problem } = preparedOf(c);
    const ours = modelOf(c).objective;
    let at = paramsOf(c);
    const points: [number, number][] = [];
    for (let r = 0; r <= rounds; r++) {
      const gap = Math.max(1e-5, negativeLogPosterior(problem, at) - ours);
      points.push([r * 100, Math.log10(gap)]);
      at = naiveDescent(problem, 1, at);
    }
    return line(points, s, DESCENT_COLOURS[i]!);
  });
  return [
    text(PAD.left, 12, "objective above ours, by sweeps of descent from Stan's end", 'font-weight="bold"'),
    ...cases.map((c, i) => text(WIDTH - PAD.right - 190, 42 + 14 * i, c.name, `fill="${DESCENT_COLOURS[i]}"`)),
    axes(s, [-5, -4, -3, -2, -1, 0, 1], (v) => `1e${v}`),
    ...curves,
    text(PAD.left, HEIGHT - 8, "0"),
    text(WIDTH - PAD.right, HEIGHT - 8, "10,000 sweeps", 'text-anchor="end"'),
  ].join("\n");
}

function main(): void {
  const { cases } = readGoldens();
  const named = (names: readonly string[]) => names.map((name) => cases.find((c) => c.name === name)!);
  const panels = [...named(FORECASTS).map(forecastPanel), descentPanel(named(DESCENTS))];
  const placed = panels.map(
    (p, i) => `<g transform="translate(${(i % 2) * WIDTH},${Math.floor(i / 2) * HEIGHT})">${p}</g>`,
  );
  const size = `width="${2 * WIDTH}" height="${2 * HEIGHT}" viewBox="0 0 ${2 * WIDTH} ${2 * HEIGHT}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${placed.join("\n")}
</svg>
`;
  writeFileSync(new URL("../../../docs/decisions/0002-prophet-solver.svg", import.meta.url), svg);
}

main();
