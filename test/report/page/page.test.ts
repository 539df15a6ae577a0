/** Report pages as files: first sentence, scores, worst moments and layers against plain counts; small enough, and text stays text. */
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReplayDecision, ReplayRow } from "../../../job/replay/types.ts";
import { REPLAY_DEFAULTS } from "../../../job/replay/world.ts";
import { expand } from "../../../job/report/page/expand.ts";
import { pageHtml } from "../../../job/report/page/html.ts";
import { type ReplayReport, replayPage } from "../../../job/report/page/replay-page.ts";
import type { PageData } from "../../../job/report/page/types.ts";
import { worstMoments } from "../../../job/report/page/worst.ts";
import { SAMPLE_START, sampleRecord } from "../sample.ts";

const ASSETS = { script: 'document.title += "</script>"', style: "p{}" };

function rows(policy: string, demand: readonly number[], ready: readonly number[]): ReplayRow[] {
  return demand.map((d, i) => ({
    policy,
    t: SAMPLE_START + 15 * i,
    demand: d,
    ready: ready[i % ready.length]!,
    replicas: ready[(i + 1) % ready.length]!,
    decision: null,
    reason: "",
  }));
}

const score = { podHours: 10, under: 0.015, unserved: 0.004, actions: 40 };
function report(more: Partial<ReplayReport> = {}): ReplayReport {
  const demand = [1, 2.4, 3.1, 0.2, 0.2, 4.9, 1];
  return {
    file: "cpu.csv",
    options: { ...REPLAY_DEFAULTS, request: 0.5 },
    decisions: new Map<string, readonly ReplayDecision[]>(),
    result: {
      startup: 30,
      steps: 7,
      planned: 7,
      filler: 0,
      policies: { auto: { ...score, podHours: 7.9, under: 0.0061 }, hpa: score },
      rows: [...rows("auto", demand, [4, 4, 5]), ...rows("hpa", demand, [8, 7])],
    },
    ...more,
  };
}

describe("the first sentence", () => {
  const sentence = (more: Partial<ReplayReport> = {}) => replayPage(report(more)).sentence;
  const { result } = report();

  it("compares with the HPA, in pods, in time below the demand, and in money where there is a price", () => {
    expect(sentence()).toBe(
      "With these settings: 21 % fewer pod-hours than HPA at 70\u00a0%, time below the demand 0.61\u00a0% against 1.5\u00a0%.",
    );
    expect(sentence({ price: 0.04 })).toContain("pod-hours than HPA at 70\u00a0%, cost 0.16 against 0.20, time");
  });

  it("says so when ours costs more", () => {
    const dear = { ...result, policies: { auto: { ...score, podHours: 11 }, hpa: score } };
    expect(sentence({ result: dear })).toContain("10 % more pod-hours than HPA");
  });

  it("does without the HPA, and without ours", () => {
    expect(sentence({ result: { ...result, policies: { auto: score } } })).toBe(
      "With these settings: 10 pod-hours, time below the demand 1.5\u00a0%.",
    );
    const other = { ...result, policies: { oracle: score }, rows: rows("oracle", [1, 2], [4]) };
    expect(sentence({ result: other })).toMatch(/^oracle: 10 pod-hours/);
  });

  it("is followed by a note where the replay was ended early", () => {
    expect(replayPage(report({ result: { ...result, planned: 99 } })).notes.join()).toContain(
      "Interrupted: 7 of 99 steps",
    );
  });
});

describe("worst moments", () => {
  it("lose together what all steps lose, worst first, and begin where demand is first above the pods", () => {
    const load = fc.array(fc.double({ min: 0, max: 6, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(load, fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 7 }), (demand, ready) => {
        const own = rows("auto", demand, ready);
        const moments = worstMoments(own, 0.5, 15, 1000);
        const missing = own.map((row) => Math.max(0, row.demand - 0.5 * row.ready));
        const begins = own.filter((_, i) => missing[i]! > 1e-9 && !(missing[i - 1]! > 1e-9)).map(({ t }) => t);
        expect(moments.map(({ t }) => t).sort((a, b) => a - b)).toEqual(begins);
        const lost = moments.map(({ text }) => Number(/\((\S+) core-seconds/.exec(text)![1]));
        expect(lost).toEqual(lost.toSorted((a, b) => b - a));
        const total = 15 * missing.reduce((a, b) => a + b, 0);
        expect(lost.reduce((a, b) => a + b, 0)).toBeCloseTo(total, total > 100 ? -1 : 0);
      }),
    );
  });

  it("are ten at most", () => {
    const demand = Array.from({ length: 80 }, (_, i) => (i % 2) * 9);
    expect(worstMoments(rows("auto", demand, [4]), 0.5, 15)).toHaveLength(10);
  });
});

describe("layers", () => {
  it("hold on every step what the rows held", () => {
    const { charts, steps } = replayPage(report()).data.sections[0]!;
    const own = report().result.rows.filter((row) => row.policy === "auto");
    const of = (label: string) => {
      const layer = charts.flatMap(({ layers }) => layers).find((one) => one.label === label)!;
      return expand(layer, layer.values, steps);
    };
    expect(of("load")).toEqual(own.map((row) => row.demand));
    expect(of("replicas")).toEqual(own.map((row) => row.replicas));
    expect(of("ready pods")).toEqual(own.map((row) => row.ready));
    expect(of("unserved load")).toEqual(own.map((row) => Number(Math.max(0, row.demand / 0.5 - row.ready).toFixed(2))));
  });

  it("join forecasts that are near each other, and leave a gap where none was", () => {
    const layer = { label: "f", role: "forecast", style: "line", gap: 2, at: [1, 3, 7], values: [10, 20, 50] } as const;
    expect(expand(layer, layer.values, 9)).toEqual([null, 10, 15, 20, null, null, null, 50, null]);
  });
});

describe("the file", () => {
  const dataOf = (html: string) => {
    const packed = /<script type="text\/plain" id="data">([^<]*)<\/script>/.exec(html)![1]!;
    return JSON.parse(inflateSync(Buffer.from(packed, "base64")).toString()) as PageData;
  };

  it("holds its data whole, and nothing of it as markup", () => {
    const nasty = "</script><b>&\"'<!--";
    const decided = [
      { t: SAMPLE_START, from: 1, to: 2, reason: nasty, message: nasty, trail: sampleRecord().decision.trail },
    ];
    const page = replayPage(report({ file: nasty, decisions: new Map([["auto", decided]]) }));
    const html = pageHtml(page, ASSETS);
    expect(dataOf(html)).toEqual(JSON.parse(JSON.stringify(page.data)));
    expect(html).not.toContain("<b>");
    expect(html).not.toContain("<!--");
    // the data's end, the script's end, and none from a name or from the script itself
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });

  it("of a week of four policies, a decision a minute, stays below 2 MB", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const steps = 7 * 5760;
    const demand = Array.from({ length: steps }, () => 5 + 4 * random());
    const pods = Array.from({ length: 997 }, () => 10 + Math.floor(3 * random()));
    const four = ["auto", "hpa", "original", "oracle"];
    const week = four.flatMap((policy) =>
      rows(
        policy,
        demand,
        pods.flatMap((n) => [n, n, n, n]),
      ),
    );
    // as many numbers as the trail of a real decision has, none of them twice the same
    const trail = Array.from({ length: 17 }, (_, k) => k).map((k) => ({
      ...sampleRecord().decision.trail[0]!,
      stage: (["data", "forecast", "band", "stabilise"] as const)[k % 4]!,
    }));
    const decided = (i: number): ReplayDecision => ({
      t: SAMPLE_START + 60 * i,
      from: 10,
      to: 11,
      reason: "ForecastQuantile",
      message: `${random().toFixed(3)} cores at quantile 0.7 of the maximum 30 to 90 s ahead need ${Math.floor(20 * random())}`,
      trail: trail.map((e, k) => ({
        ...e,
        message: k % 3 === 0 ? `current demand ${random().toFixed(3)} cores` : "no rule binds",
      })),
      forecast: { t: SAMPLE_START + 60 * i + 90, lead: 90, y: 9 * random(), low: 4 * random(), high: 9 + random() },
    });
    const decisions = new Map([
      ["auto", Array.from({ length: 10_080 }, (_, i) => decided(i))],
      [
        "hpa",
        Array.from({ length: steps }, (_, i) => ({
          t: SAMPLE_START + 15 * i,
          from: 10,
          to: 11,
          reason: "ReadyForNewScale",
        })),
      ],
    ]);
    const result = {
      startup: 30,
      steps,
      planned: steps,
      filler: 0,
      policies: Object.fromEntries(four.map((p) => [p, score])),
      rows: week,
    };
    const html = pageHtml(replayPage(report({ result, decisions })), { script: "x".repeat(70_000), style: "" });
    expect(html.length).toBeLessThan(2_000_000);
    expect(html.length).toBeGreaterThan(200_000);
  });
});
