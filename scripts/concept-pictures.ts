/** The pictures of docs/concepts.md: short replays with load, capacity and the spans that a concept is about. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { areaY, axisX, axisY, gridY, lineY, type Markish, rectY } from "@observablehq/plot";
import { bodyTop, frame, type LegendEntry, label, panel, sign } from "../job/report/chart.ts";
import { LIGHT } from "../job/report/theme.ts";

/** Runs the job's command line in this process. It resolves when the command ended with exit code 0, and rejects otherwise. */
export type Cli = (argv: readonly string[]) => Promise<void>;

/** One step of 15 s of a replay. */
interface Step {
  /** Minutes since the replay began. */
  readonly t: number;
  readonly demand: number;
  readonly ready: number;
  readonly replicas: number;
  /** Of the newest decision. */
  readonly reason: string;
}

/** One replay: a name for its line, and flags of `replay`. */
interface ReplayLine {
  readonly name: string;
  readonly flags: readonly string[];
  /** Settings of the target in a file, where `replay` has no flag. */
  readonly settings?: string;
}

interface Concept {
  readonly title: string;
  /** Cores at each step of 15 s, null: not known. An hour of history comes first. */
  readonly load: (step: number) => number | null;
  readonly replays: readonly ReplayLine[];
  /** Cores that one pod carries. */
  readonly target?: number;
  /** Shaded: the decisions whose reason matches. */
  readonly spans?: { readonly reason: RegExp; readonly name: string };
  /** What is drawn of a replay: what ready pods carry, or what was ordered. */
  readonly ordered?: boolean;
}

const STEP = 15;
/** Minutes of history before the replay, and of the replay. */
const [HISTORY, PLAYED] = [60, 40];
const TARGET = 0.5;
const PERIOD = 20;

/** A wave of ten minutes between 0.6 and 3.4 cores. */
const wave = (step: number): number => 2 + 1.4 * Math.sin((2 * Math.PI * step) / (2 * PERIOD));
/** Noise without a pattern, the same each time. */
const noise = (step: number): number => {
  const x = Math.sin(step * 12.9898) * 43_758.5453;
  return x - Math.floor(x) - 0.5;
};
const begin = (HISTORY * 60) / STEP;

/** A load that wanders between 0.5 and 3.6 cores: nothing forecasts its next value better than its last one. */
function wander(steps: number): readonly number[] {
  const values = [2.2];
  for (let i = 1; i < steps; i++) {
    const next = values[i - 1]! + noise(i * 3.7 + 3);
    values.push(next < 0.5 ? 1 - next : next > 3.6 ? 7.2 - next : next);
  }
  return values;
}
/** Until 15 minutes of the replay are over; a wave of five minutes follows. */
const wandering = wander(begin + 60);
/** A scale-in waits for the largest recommendation of so many seconds. */
const window = (seconds: number): string =>
  `behavior: { scaleDown: { stabilizationWindowSeconds: ${seconds} } }, scaleDownCooldown: 0`;

/** The pictures of docs/concepts.md by name. Each has a load, the replays that answer it, and what is shaded. */
export const CONCEPTS: Readonly<Record<string, Concept>> = {
  load: {
    title: "Load and target: enough pods, at 0.5 cores each",
    load: (i) => 2.2 + 1.8 * Math.sin(i / 40),
    ordered: true,
    replays: [
      {
        name: "replicas times the target",
        flags: [],
        settings: "behavior: { scaleUp: { tolerance: 0 }, scaleDown: { tolerance: 0 } }",
      },
    ],
  },
  recommendation: {
    title: "Recommendation: checked before it becomes replicas",
    load: wave,
    ordered: true,
    replays: [
      { name: "held by a scale-in window of 5 min", flags: [], settings: window(300) },
      { name: "as recommended", flags: [], settings: window(0) },
    ],
    spans: { reason: /^ScaleDownStabilized$/, name: "a stage holds the replicas" },
  },
  quantile: {
    title: "Quantile: how much of the risk to buy off",
    load: (i) => wave(i) + 0.9 * noise(i),
    replays: [
      { name: "carried at quantile 0.5", flags: ["--quantile", "0.5"] },
      { name: "carried at quantile 0.95", flags: ["--quantile", "0.95"] },
    ],
  },
  lead: {
    title: "Lead: slow pods are ordered earlier",
    load: wave,
    ordered: true,
    replays: [
      { name: "ordered, pods ready after 15 s", flags: ["--startup", "15"] },
      { name: "ordered, pods ready after 2 min", flags: ["--startup", "120"] },
    ],
  },
  band: {
    title: "Band: pods are kept longer than they are bought",
    load: (i) => 2.2 + 0.35 * Math.sin(i / 5.3) * Math.sin(i / 17.9) + 0.5 * noise(i),
    target: 0.1,
    replays: [
      { name: "with the band", flags: [], settings: "quantile: 0.7, scaleDownQuantile: 0.91" },
      { name: "without one", flags: [], settings: "quantile: 0.7, scaleDownQuantile: 0.7" },
    ],
  },
  trust: {
    title: "Trust: a forecast decides only while it beats the last value",
    load: (i) => wandering[i] ?? 2 + 1.4 * Math.sin((2 * Math.PI * (i - wandering.length)) / PERIOD),
    replays: [{ name: "carried by ready pods", flags: [] }],
    spans: { reason: /^ForecastNotTrusted$/, name: "the last value decides" },
  },
  blind: {
    title: "Blind: without data the replicas stay",
    load: (i) => (i >= begin + 60 && i < begin + 110 ? null : wave(i)),
    replays: [{ name: "carried by ready pods", flags: [] }],
    spans: { reason: /^(NoData|StaleData|TooFewSamples|GapsInData)$/, name: "no usable data" },
  },
};

async function replayed(
  { load, target: perPod = TARGET }: Concept,
  { flags, settings }: ReplayLine,
  cli: Cli,
): Promise<readonly Step[]> {
  const folder = mkdtempSync(join(tmpdir(), "concepts-"));
  const [series, dump] = [join(folder, "load.csv"), join(folder, "steps.csv")];
  const steps = ((HISTORY + PLAYED) * 60) / STEP;
  const rows = Array.from({ length: steps }, (_, i) => [1_700_000_100 + i * STEP, load(i)] as const).filter(
    ([, y]) => y !== null,
  );
  writeFileSync(
    series,
    `timestamp,value\n${rows.map(([t, y]) => `${t},${Math.max(0.05, y!).toFixed(4)}`).join("\n")}\n`,
  );
  const fixed = ["--policies", "auto", "--warmup", String(HISTORY * 60), "--request", String(perPod)];
  const config = join(folder, "settings.yaml");
  const target = `scaleTargetRef: { name: web }, targetCpu: ${perPod}, maxReplicas: 50`;
  writeFileSync(config, `targets: [{ ${target}, ${settings ?? ""} }]\n`);
  const own = settings === undefined ? ["--target-cpu", String(perPod), "--max", "50"] : ["--config", config];
  try {
    await cli(["replay", series, ...fixed, ...own, "--dump", dump, ...flags]);
    return stepsOf(readFileSync(dump, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The rows of a dump; steps without a decision have the reason of the one before. */
function stepsOf(dump: string): readonly Step[] {
  const [head, ...rows] = dump.trim().split("\n");
  const column = (name: string) => head!.split(",").indexOf(name);
  const [t, demand, ready, replicas, reason] = ["t", "demand", "ready", "replicas", "reason"].map(column);
  let last = "";
  let first: number | null = null;
  return rows.map((row) => {
    const cells = row.split(",");
    last = cells[reason!] || last;
    first ??= Number(cells[t!]);
    return {
      t: (Number(cells[t!]) - first) / 60,
      demand: cells[demand!] === "" ? Number.NaN : Number(cells[demand!]),
      ready: Number(cells[ready!]),
      replicas: Number(cells[replicas!]),
      reason: last,
    };
  });
}

const [WIDTH, PLOT, AXIS, LEFT, RIGHT] = [830, 240, 58, 56, 18];
const COLOURS = [LIGHT.pods, LIGHT.second] as const;
const DASHES = ["", "7 5"] as const;

/** Replays the load of one concept and draws it. `name` is a key of CONCEPTS. Returns an SVG document; rejects where a replay fails. */
export async function conceptPicture(name: string, cli: Cli): Promise<string> {
  const concept = CONCEPTS[name]!;
  const replays: (readonly Step[])[] = [];
  for (const replay of concept.replays) replays.push(await replayed(concept, replay, cli));
  const { spans } = concept;
  const shaded = spans === undefined ? [] : replays[0]!.filter(({ reason }) => spans.reason.test(reason));
  if (spans !== undefined && shaded.length === 0) throw new Error(`${name}: no decision has the reason that is shown`);
  const carried = (step: Step) => (concept.ordered === true ? step.replicas : step.ready) * (concept.target ?? TARGET);
  const legend: readonly LegendEntry[] = [
    { sign: sign.line(LIGHT.ink, 2), label: "the load" },
    ...concept.replays.map(({ name }, i) => ({ sign: sign.line(COLOURS[i]!, 2.5, DASHES[i]), label: name })),
    ...(spans === undefined ? [] : [{ sign: sign.band(LIGHT.forecast, 0.2), label: spans.name }]),
  ];
  const top = bodyTop(legend.length) + 36;
  const high =
    Math.max(
      ...replays.flat().map(carried),
      ...replays[0]!.map(({ demand }) => (Number.isFinite(demand) ? demand : 0)),
    ) * 1.08;
  const marks: Markish[] = [
    gridY({ stroke: LIGHT.grid, strokeOpacity: 1, ticks: 5 }),
    rectY(shaded, {
      x1: "t",
      x2: (s: Step) => s.t + STEP / 60,
      y1: 0,
      y2: high,
      fill: LIGHT.forecast,
      fillOpacity: 0.2,
    }),
    axisX({ ticks: 5 }),
    axisY({ ticks: 5 }),
    ...replays.map((steps, i) =>
      lineY(steps, {
        x: "t",
        y: carried,
        curve: "step-after",
        stroke: COLOURS[i]!,
        strokeWidth: 2.5,
        ...(DASHES[i] === "" ? {} : { strokeDasharray: DASHES[i]! }),
      }),
    ),
    areaY(replays[0]!, { x: "t", y: "demand", fill: LIGHT.ink, fillOpacity: 0.06 }),
    lineY(replays[0]!, { x: "t", y: "demand", stroke: LIGHT.ink, strokeWidth: 2 }),
  ];
  return frame({
    width: WIDTH,
    height: top + PLOT + AXIS + 14,
    title: concept.title,
    legend,
    body: [
      label(16, top - 14, "cores"),
      label(WIDTH - RIGHT, top + PLOT + AXIS, "minutes", 'text-anchor="end"'),
      panel({
        left: 0,
        top: top - 8,
        width: WIDTH,
        height: PLOT + AXIS + 8,
        marginLeft: LEFT,
        marginRight: RIGHT,
        marginTop: 8,
        marginBottom: AXIS,
        x: { label: null, domain: [0, PLAYED] },
        y: { label: null, domain: [0, high] },
        marks,
      }),
    ].join("\n"),
  });
}
