/** The picture of a front: cost against unserved load, for ours by quantile and the HPA by target. */
import { axisX, axisY, dot, gridX, gridY, line, text } from "@observablehq/plot";
import { bodyTop, frame, type LegendEntry, label, panel, sign } from "../../job/report/chart.ts";
import { LIGHT } from "../../job/report/theme.ts";
import { policyRatios, type SeriesScores } from "./matrix.ts";

/** One policy at one setting. Cost and unserved load are ratios to HPA at 70 %. */
export interface PolicyFrontPoint {
  readonly policy: "auto" | "hpa";
  readonly label: string;
  readonly cost: number;
  readonly unserved: number;
}

const [WIDTH, PLOT] = [830, 400];
const [LEFT, RIGHT, AXIS] = [66, 30, 62];
const TICKS = [0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3];
const COLOUR = { auto: LIGHT.forecast, hpa: LIGHT.pods } as const;

/** The points of a front, rounded to the four digits that are drawn. */
export function frontPoints(front: SeriesScores): readonly PolicyFrontPoint[] {
  const reference = front["hpa 0.7"]!;
  const round = (v: number) => Number(v.toFixed(4));
  return Object.entries(front).map(([name, list]) => {
    const [policy, setting] = name.split(" ") as ["auto" | "hpa", string];
    const { cost, unserved } = policyRatios(list, reference);
    return { policy, label: setting, cost: round(cost), unserved: round(unserved) };
  });
}

/** Draws a front for one start-up time in seconds. Returns an SVG document. */
export function frontPicture(points: readonly PolicyFrontPoint[], startup: number): string {
  const legend: readonly LegendEntry[] = [
    { sign: sign.line(COLOUR.auto, 2.5) + sign.dot(COLOUR.auto, 5), label: "ours, by quantile" },
    { sign: sign.line(COLOUR.hpa, 2.5) + square, label: "HPA, by target utilisation" },
  ];
  const unserved = points.map((point) => point.unserved);
  const top = bodyTop(legend.length) + 34;
  // those beyond the points are drawn over the labels
  const ticks = TICKS.filter((v) => v > 0.85 * Math.min(...unserved) && v < 1.15 * Math.max(...unserved));
  const of = (policy: PolicyFrontPoint["policy"]) => points.filter((point) => point.policy === policy);
  const at = { x: "cost", y: "unserved" } as const;
  const marks = (["auto", "hpa"] as const).flatMap((policy) => [
    line(of(policy), { ...at, stroke: COLOUR[policy], strokeWidth: 2.5, sort: "cost" }),
    dot(of(policy), { ...at, fill: COLOUR[policy], r: 5, symbol: policy === "auto" ? "circle" : "square" }),
    text(of(policy), { ...at, text: "label", dx: 9, dy: -9, textAnchor: "start", fill: COLOUR[policy] }),
  ]);
  return frame({
    width: WIDTH,
    height: top + PLOT + AXIS + 14,
    title: `Pods ready after ${startup} s: lower left is better`,
    legend,
    body: [
      label(16, top - 14, "unserved load, HPA at 70 % = 1"),
      label(WIDTH - RIGHT, top + PLOT + AXIS - 2, "pod-hours, HPA at 70 % = 1", 'text-anchor="end"'),
      panel({
        left: 0,
        top: top - 8,
        width: WIDTH,
        height: PLOT + AXIS + 8,
        marginLeft: LEFT,
        marginRight: RIGHT,
        marginTop: 8,
        marginBottom: AXIS,
        x: { label: null, inset: 26 },
        y: { label: null, inset: 26, type: "log" },
        marks: [
          gridX({ stroke: LIGHT.grid, strokeOpacity: 1 }),
          gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks }),
          axisX({ ticks: 7 }),
          axisY({ ticks, tickFormat: (v: number) => String(v) }),
          ...marks,
        ],
      }),
    ].join("\n"),
  });
}

const square = `<rect x="8" y="2" width="8" height="8" fill="${COLOUR.hpa}"/>`;
