/** The headline of a decision equals its trail: the reason and the words of the stage that decided, the recommendation with the limit, the data with the gate. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import { STAGES } from "../../../job/core/policy/stages.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import { anyInput } from "../../fakes/any-policy-input.ts";
import { config, NOW } from "../../fakes/config.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { policyInput, quality } from "../../fakes/policy-input.ts";
import { podless, usable } from "./naive-policy.ts";

const LIMITS = new Map<string, boolean>(STAGES.map(({ stage, limits }) => [stage, limits]));
/** In their order; the others form the demand, report, or say what holds everything back. */
const LIMITING = [
  "band",
  "partial",
  "missing",
  "rollout",
  "drop",
  "stabilise",
  "tolerance",
  "rate",
  "cooldown",
  "schedule",
  "bounds",
];
const FORMS_DEMAND = ["forecast", "trust", "factor"];

describe("the headline", () => {
  it("says what a stage of the trail says, and no later stage knows better", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { reason, message, trail, action, replicas } = decide(input).decision;
        // the gate speaks where it holds something back
        expect(message).not.toContain("may act");
        if (reason === "DesiredWithinRange" || reason === "ScalingDisabled") return;
        const source = trail.findLast(
          (entry) => entry.reason === reason && message.includes(entry.message.replace(/^hold: /, "")),
        )!;
        expect(source, `${reason}: ${message}`).toBeDefined();
        if (action !== "scale" || source.stage === "metrics") return;
        // from there on nobody changes the replicas, and nobody forms the demand anew
        const later = trail.slice(trail.indexOf(source) + 1).filter((e) => e.metric === source.metric || !e.metric);
        expect([source.to, replicas]).toEqual([replicas, replicas]);
        for (const { stage, from, to, reason: why } of later) {
          expect([stage, to]).toEqual([stage, from]);
          if (FORMS_DEMAND.includes(source.stage) && FORMS_DEMAND.includes(stage))
            expect(why).toBe("DesiredWithinRange");
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("knows which stages limit what the demand asks for", () => {
    const limiting = [...LIMITS].filter(([, limits]) => limits).map(([stage]) => stage);
    expect(limiting, "the rows with `limits: true`, beside LIMITING above").toEqual(LIMITING);
  });

  it("of a limit has the recommendation in it", () => {
    let limited = 0;
    fc.assert(
      fc.property(anyInput, (input) => {
        for (const { stage, from, to, message } of decide(input).decision.trail) {
          if (LIMITS.get(stage) !== true || from === to || from === input.current) continue;
          limited += 1;
          expect(message).toContain(`${from} desired: `);
        }
      }),
      { numRuns: 500 },
    );
    expect(limited).toBeGreaterThan(300);
  });

  it("hides nothing that is wrong with the data, whatever holds the decision back", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { reason, message, blind } = decide(input).decision;
        if (reason === "ScalingDisabled") return;
        const gated = ["ForecastOnlyMode", "Paused", "OtherScaler", "Overruled"].includes(reason);
        expect(blind).toBe(!input.metrics.some(usable));
        if (!gated && !blind) return;
        for (const metric of input.metrics) {
          const { verdict, message: words } = metric.quality;
          if (verdict !== "act" && !podless(metric, input)) expect(message).toContain(words);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("names the last value's demand where the forecast is not trusted, though both need as many pods", () => {
    const input = policyInput({
      quantileCores: 2.6,
      forecast: forecast({ maxQuantiles: [2.6], skill: 2 }),
      demand: 2.6,
    });
    const series = { ...input.metrics[0]!.series!, values: new Float64Array(40).fill(2.55) };
    const { decision } = decide({ ...input, metrics: [{ ...input.metrics[0]!, series }] });
    expect(decision).toMatchObject({ action: "scale", replicas: 6, reason: "ForecastNotTrusted" });
    expect(decision.message).toMatch(/2\.550 cores$/);
  });

  it("does not say of data that they allow what they forbid", () => {
    const data = quality("upOnly", "GapsInData");
    const { trail } = decide(policyInput({ quantileCores: 5, quality: data })).decision;
    const { message } = trail.find(({ stage }) => stage === "partial")!;
    expect(message).toBe("no scale-in to forbid on GapsInData");
  });

  it("says what a gate holds back", () => {
    const input = policyInput({ quantileCores: 2.4, config: config({ mode: "ForecastOnly" }) });
    const { message, reason } = decide(input).decision;
    expect(reason).toBe("ForecastOnlyMode");
    expect(message).toMatch(/^mode is ForecastOnly; else 2 -> 5, ForecastQuantile: 2\.400 cores at quantile/);
  });

  it("of an overruled job says how to go on, and goes on where the object shows that nobody sets the replicas any more", () => {
    const lastWritten = { at: NOW - 60, replicas: 2, overruled: 3, foreign: true } as const;
    const memory = { ...BLANK, recommendations: [{ at: NOW, replicas: 0 }], lastWritten };
    const overruled = policyInput({ quantileCores: 2.4, memory, conditions: { otherWriter: "flux" } });
    const { reason, message } = decide(overruled).decision;
    expect(reason).toBe("Overruled");
    expect(message).toMatch(/the job goes on in the run that sees it done, at the latest with that try/);
    const free = decide({ ...overruled, conditions: { otherWriter: "flux", manifestFree: true } }).decision;
    expect(free).toMatchObject({ action: "scale", replicas: 5, reason: "ForecastQuantile" });
  });
});
