/** The page of a replay: forecast, load, replicas, ready pods and unserved load of every policy, and each decision with its trail. */
import { pluralize } from "../../core/units.ts";
import type { ReplayDecision, ReplayOptions, ReplayResult, ReplayRow, ReplayScore } from "../../replay/types.ts";
import { shortNumber } from "../text.ts";
import { POLICIES, type Role } from "../theme.ts";
import type { Page } from "./html.ts";
import { meanings } from "./meanings.ts";
import type { Chart, ChartLayer, PageDecision, PagePolicy, PageStage } from "./types.ts";
import { worstMoments } from "./worst.ts";

/** The input of the page. */
export interface ReplayReport {
  readonly file: string;
  readonly options: ReplayOptions;
  readonly result: ReplayResult;
  /** Decisions of each policy, in the order of time. */
  readonly decisions: ReadonlyMap<string, readonly ReplayDecision[]>;
  /** Price of a core-hour; absent: no prices are shown. */
  readonly price?: number;
}

/** Steps of a replay, seconds. */
const STEP = 15;

/** The page of a replay. */
export function replayPage(report: ReplayReport): Page {
  const { file, options, result, decisions } = report;
  const names = Object.keys(result.policies);
  const roleOf = (name: string): Role => POLICIES[names.indexOf(name) % POLICIES.length]!;
  const rowsOf = Map.groupBy(result.rows, (row) => row.policy);
  const first = rowsOf.get(names[0]!)!;
  const followed = rowsOf.has("auto") ? "auto" : names[0]!;
  const policies = names.map(
    (name): PagePolicy => ({
      name,
      role: roleOf(name),
      decisions: (decisions.get(name) ?? []).map(pageDecision),
    }),
  );
  const reasons = [...decisions.values()].flatMap((list) =>
    list.flatMap((d) => [d.reason, ...(d.trail ?? []).map((e) => e.reason)]),
  );
  return {
    title: `Replay of ${file}`,
    sentence: replaySentence(report),
    notes: notesOf(report),
    scores: scoresOf(report, roleOf),
    pictures: [],
    data: {
      reasons: meanings(reasons),
      sections: [
        {
          name: file,
          start: first[0]!.t,
          step: STEP,
          steps: first.length,
          charts: [loadChart(first, decisions.get("auto") ?? []), podsChart(names, rowsOf, options.request, roleOf)],
          policies: policies.filter((policy) => policy.decisions.length > 0),
          moments: worstMoments(rowsOf.get(followed)!, options.request, STEP),
          momentsOf: labelOf(followed, options),
        },
      ],
    },
  };
}

const percent = (share: number) => `${share >= 0.1 ? (100 * share).toFixed(0) : (100 * share).toPrecision(2)}\u00a0%`;
const money = (amount: number) => (amount >= 1 ? amount.toFixed(2) : amount.toPrecision(2));
const labelOf = (name: string, options: ReplayOptions) =>
  name === "hpa" ? `HPA at ${Math.round(100 * options.hpaTarget)}\u00a0%` : name;

/** The first sentence: the cost and service of our policy, compared with the HPA or alone. */
export function replaySentence({ options, result, price }: ReplayReport): string {
  const { auto, hpa } = result.policies;
  const name = auto === undefined ? Object.keys(result.policies)[0]! : "auto";
  const ours = auto ?? result.policies[name]!;
  const who = auto === undefined ? name : "With these settings";
  if (hpa === undefined || hpa === ours || hpa.podHours === 0) {
    const cost = price === undefined ? "" : ` for ${money(costOf(ours, options, price))}`;
    return `${who}: ${shortNumber(ours.podHours)} pod-hours${cost}, time below the demand ${percent(ours.under)}.`;
  }
  const saved = 1 - ours.podHours / hpa.podHours;
  const change = `${Math.round(100 * Math.abs(saved))} % ${saved >= 0 ? "fewer" : "more"} pod-hours than ${labelOf("hpa", options)}`;
  const cost =
    price === undefined
      ? ""
      : `, cost ${money(costOf(ours, options, price))} against ${money(costOf(hpa, options, price))}`;
  return `${who}: ${change}${cost}, time below the demand ${percent(ours.under)} against ${percent(hpa.under)}.`;
}

/** The cost of a policy's pods, by their CPU request. */
export function costOf({ podHours }: ReplayScore, { request }: ReplayOptions, price: number): number {
  return podHours * request * price;
}

function notesOf({ options, result }: ReplayReport): readonly string[] {
  const { startup, request, targetCpu, hpaTarget, every } = options;
  const cut =
    result.steps < result.planned
      ? ` Interrupted: ${result.steps} of ${pluralize(result.planned, "step")} were played.`
      : "";
  const holes = result.filler > 0 ? ` ${result.filler} more lie in holes of the recording and are not scored.` : "";
  return [
    `${pluralize(result.steps, "step")} of ${STEP} s.${holes} A pod is ready ${startup} s after the decision and serves ${pluralize(request, "core")}. Ours aims at ${pluralize(targetCpu, "core")} a pod and decides every ${every} s. The HPA aims at ${Math.round(100 * hpaTarget)} % of the request.${cut}`,
    "Time under: share of steps with demand above what the ready pods serve. Unserved: share of the demand above it. In brackets: as a ratio to the HPA.",
  ];
}

function scoresOf({ options, result, price }: ReplayReport, roleOf: (name: string) => Role): Page["scores"] {
  const base = result.policies.hpa;
  const ratio = (own: number, other: number | undefined) =>
    other === undefined || other === 0 ? "" : ` (${(own / other).toFixed(2)})`;
  const rows = Object.entries(result.policies).map(([name, s]) => ({
    role: roleOf(name),
    cells: [
      labelOf(name, options),
      `${shortNumber(s.podHours)}${ratio(s.podHours, base?.podHours)}`,
      ...(price === undefined ? [] : [money(costOf(s, options, price))]),
      `${(100 * s.under).toFixed(2)} %${ratio(s.under, base?.under)}`,
      `${(100 * s.unserved).toFixed(2)} %${ratio(s.unserved, base?.unserved)}`,
      `${s.actions}${ratio(s.actions, base?.actions)}`,
    ],
  }));
  const cost = price === undefined ? [] : [`cost at ${price} a core-hour`];
  return { head: ["policy", "pod-hours", ...cost, "time under", "unserved demand", "actions"], rows };
}

function pageDecision({ t, from, to, reason, message = "", trail = [] }: ReplayDecision): PageDecision {
  const stages = trail.map((e): PageStage => [e.stage, e.from, e.to, e.reason, e.message]);
  return { t, from, to, reason, message, trail: stages };
}

/** The chart of the demand, and over it what our decisions had forecast for each moment one lead before. */
function loadChart(rows: readonly ReplayRow[], decided: readonly ReplayDecision[]): Chart {
  const milli = Math.max(...rows.map((row) => row.demand)) < 2;
  const round = (v: number) => (milli ? Number((1000 * v).toFixed(1)) : Number(v.toPrecision(4)));
  const start = rows[0]!.t;
  const points = decided.flatMap(({ forecast }) => {
    if (forecast === undefined) return [];
    const index = Math.round((forecast.t - start) / STEP);
    return index >= 0 && index < rows.length ? [{ ...forecast, index }] : [];
  });
  const apart = points.slice(1).map((p, i) => p.index - points[i]!.index);
  const usual = apart.sort((a, b) => a - b)[apart.length >> 1] ?? 1;
  const lead = points[0] === undefined ? "" : ` ${shortNumber(points[0].lead)} s before`;
  const foreseen: ChartLayer = {
    label: `forecast${lead}`,
    role: "forecast",
    style: "line",
    gap: 2 * usual,
    at: points.map((p) => p.index),
    values: points.map((p) => round(p.y)),
    low: points.map((p) => round(p.low)),
    high: points.map((p) => round(p.high)),
  };
  const load: ChartLayer = {
    label: "load",
    role: "ink",
    style: "line",
    width: 1.25,
    ...measuredOf(rows, round),
  };
  return {
    title: `Load${points.length === 0 ? "" : ", and what had been forecast for it, with its 90 % band"}`,
    unit: milli ? "milli-cores" : "cores",
    layers: points.length === 0 ? [load] : [foreseen, load],
  };
}

function podsChart(
  names: readonly string[],
  rowsOf: ReadonlyMap<string, readonly ReplayRow[]>,
  request: number,
  roleOf: (name: string) => Role,
): Chart {
  const layers = names.flatMap((policy): ChartLayer[] => {
    const rows = rowsOf.get(policy)!;
    const common = { policy, role: roleOf(policy) } as const;
    const missing = rows.map((row) =>
      Number(Math.max(0, row.filled ? 0 : row.demand / request - row.ready).toFixed(2)),
    );
    return [
      { ...common, label: "replicas", style: "step", ...changes(rows.map((row) => row.replicas)) },
      { ...common, label: "ready pods", style: "step", dashed: true, ...changes(rows.map((row) => row.ready)) },
      { ...common, label: "unserved load", style: "fill", ...changes(missing) },
    ];
  });
  return { title: "Replicas, ready pods, and load above what these serve", unit: "pods", layers };
}

/** The demand, with a break where it was not measured. */
function measuredOf(
  rows: readonly ReplayRow[],
  round: (value: number) => number,
): Pick<ChartLayer, "at" | "gap" | "values"> {
  const at = rows.flatMap(({ filled }, i) => (filled ? [] : [i]));
  const values = at.map((i) => round(rows[i]!.demand));
  return at.length === rows.length ? { values } : { at, gap: 1, values };
}

/** The values where they change, and the last one. */
function changes(values: readonly number[]): { readonly at: readonly number[]; readonly values: readonly number[] } {
  const at = values.flatMap((v, i) => (i === 0 || i === values.length - 1 || v !== values[i - 1] ? [i] : []));
  return { at, values: at.map((i) => values[i]!) };
}
