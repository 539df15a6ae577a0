/** The JSON of a run in pieces: together they are the text of the whole. */
import { expect, it } from "vitest";
import { answerText, keptTexts, runAnswer } from "../../job/report/answer.ts";
import { decideAll } from "../../job/run/decide.ts";
import { outcomeOf } from "../../job/run/outcome.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { reading } from "../fakes/ports.ts";

/** A whole outcome, with its trail. */
function outcome() {
  const scales = [{ replicas: 2, conditions: {} }];
  const readings = { now: NOW, histories: [[reading(() => 1, NOW)]], scales, state: new Error("none") };
  return outcomeOf(decideAll([config()], readings, () => last)[0]!);
}

it.each([0, 1, 99, 100, 101, 250])("the pieces of %i targets make the object", (count) => {
  const one = outcome();
  const targets = Array.from({ length: count }, (_, i) => ({ ...one, name: `web-${i}` }));
  const answer = runAnswer({ now: 1_700_000_000, dryRun: false, targets });
  const pieces = [...answerText(answer)];
  expect(pieces.join("")).toBe(JSON.stringify(answer));
  expect(pieces.length).toBe(2 + Math.ceil(count / 100));
});

it("a kept outcome is printed whole, and has only what a summary needs", () => {
  const whole = [outcome(), { ...outcome(), name: "api" }];
  const texts = keptTexts();
  const kept = [texts.keep(whole[0]!), whole[1]!];
  expect(kept[0]).toEqual({ ...whole[0], metrics: [], trail: [] });
  expect(whole[0]!.trail.length).toBeGreaterThan(5);
  const of = (targets: typeof whole) => runAnswer({ now: 1_700_000_000, dryRun: false, targets });
  expect([...answerText(of(kept), texts.of)].join("")).toBe(JSON.stringify(of(whole)));
});
