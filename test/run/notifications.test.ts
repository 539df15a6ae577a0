/** What is sent: each condition when it begins, each day while it lasts, and when it is over; against a plain model over any life. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONDITIONS, type Notified } from "../../job/core/state/types.ts";
import type { Notification, Outcome } from "../../job/ports.ts";
import { type NotifiedConditions, reviewOf } from "../../job/run/notifications.ts";
import { NOW } from "../fakes/config.ts";

const base: Outcome = {
  namespace: "shop",
  name: "web",
  object: "Deployment/web",
  sets: "replicas",
  action: "unchanged",
  from: 3,
  to: 3,
  reason: "DesiredWithinRange",
  message: "fine",
  forecast: null,
  metrics: [],
  trail: [],
};
const failed: Outcome = { ...base, action: "failed", reason: "HistoryError", failed: "metric" };
const blind: Outcome = { ...base, action: "held", reason: "StaleData", blindSince: NOW - 900 };
const overruled: Outcome = { ...base, action: "held", reason: "Overruled" };
const scaled: Outcome = { ...base, action: "scaled", to: 5 };

/** One run a minute; what each told. */
function live(outcomes: readonly Outcome[], minutes = (i: number) => i, told: NotifiedConditions = {}) {
  const all = outcomes.map((outcome, i) => {
    const review = reviewOf(outcome, told, NOW + 60 * minutes(i));
    told = review.notified;
    return review.notifications.map(({ what, phase }) => `${what} ${phase}`);
  });
  return { all, told };
}

const times = (n: number, outcome: Outcome) => Array.from({ length: n }, () => outcome);

describe("notifications", () => {
  it("are each change", () => {
    expect(live([scaled, base, scaled]).all).toEqual([["scaled began"], [], ["scaled began"]]);
    expect(live([{ ...scaled, action: "wouldScale" }]).all).toEqual([[]]);
  });

  it("are a condition's begin, once, and its end when it was away for ten minutes", () => {
    const { all, told } = live([...times(30, failed), ...times(12, base)]);
    const heard = all.flatMap((own, i) => own.map((text) => `${i} ${text}`));
    expect(heard).toEqual(["0 failed began", "40 failed ended"]);
    expect(told).toEqual({});
  });

  it("are not each return of what comes and goes", () => {
    const flapping = Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? failed : base));
    expect(live(flapping).all.flat()).toEqual(["failed began"]);
  });

  it("are a reminder each day", () => {
    const { all } = live(times(3 * 1440 + 1, failed));
    expect(all.flatMap((own, i) => own.map((text) => `${i} ${text}`))).toEqual([
      "0 failed began",
      "1440 failed lasts",
      "2880 failed lasts",
      "4320 failed lasts",
    ]);
  });

  it("are told of each condition by itself, with since when", () => {
    const told: NotifiedConditions = { failed: { since: NOW - 1200, told: NOW - 1200, gone: NOW - 600 } };
    const { notifications } = reviewOf(overruled, told, NOW);
    expect(notifications.map(({ what, phase, since }) => ({ what, phase, since }))).toEqual([
      { what: "failed", phase: "ended", since: NOW - 1200 },
      { what: "overruled", phase: "began", since: NOW },
    ]);
  });

  it("end also where the clock was ahead when they were told", () => {
    const day = 86_400;
    const ahead: Notified = { since: NOW + day, told: NOW + day, gone: null };
    for (const told of [{ failed: ahead }, { failed: { ...ahead, gone: NOW + day } }]) {
      const { all } = live(times(12, base), undefined, told);
      expect(all.flat()).toEqual(["failed ended"]);
    }
  });

  it("are of a blind target what a failure has not told already", () => {
    const both: Outcome = { ...failed, blindSince: NOW - 900 };
    expect(live([blind]).all).toEqual([["blind began"]]);
    expect(live([failed, both, both]).all).toEqual([["failed began"], [], []]);
    expect(live([failed, blind]).all).toEqual([["failed began"], ["blind began"]]);
  });

  it("leave what was told as it is where nothing changed: then nothing is written", () => {
    const told: NotifiedConditions = { failed: { since: NOW, told: NOW, gone: null } };
    expect(reviewOf(failed, told, NOW + 60).notified).toBe(told);
    const none: NotifiedConditions = {};
    expect(reviewOf(base, none, NOW).notified).toBe(none);
    expect(reviewOf(scaled, none, NOW).notified).toBe(none);
  });

  it("begin and end in turn, whatever happens, and no two of one condition are nearer than ten minutes", () => {
    const life = fc.array(
      fc.tuple(fc.constantFrom(base, base, failed, blind, overruled, scaled), fc.integer({ min: 1, max: 9 })),
      {
        maxLength: 80,
      },
    );
    fc.assert(
      fc.property(life, (steps) => {
        let [told, now]: [NotifiedConditions, number] = [{}, NOW];
        const heard: { what: Notification["what"]; phase: Notification["phase"]; at: number; present: boolean }[] = [];
        for (const [outcome, minutes] of steps) {
          now += 60 * minutes;
          const review = reviewOf(outcome, told, now);
          told = review.notified;
          const present = {
            failed: outcome === failed,
            blind: outcome === blind,
            overruled: outcome === overruled,
            scaled: outcome === scaled,
          };
          heard.push(
            ...review.notifications.map(({ what, phase }) => ({ what, phase, at: now, present: present[what] })),
          );
        }
        for (const what of CONDITIONS) {
          const own = heard.filter((item) => item.what === what);
          own.forEach(({ phase, at, present }, i) => {
            expect(phase).toBe(i % 2 === 0 ? "began" : "ended");
            expect(present).toBe(phase === "began");
            if (phase === "ended") expect(at - own[i - 1]!.at).toBeGreaterThanOrEqual(600);
          });
          expect(told[what] !== undefined).toBe(own.length % 2 === 1);
        }
        expect(heard.filter(({ what }) => what === "scaled")).toHaveLength(steps.filter(([o]) => o === scaled).length);
      }),
    );
  });
});
