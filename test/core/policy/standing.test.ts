/** What stands: since when, what could not be looked at stays, and what began and ended between two runs. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heldSince, type StandingInput, standingAfter, standingChanges } from "../../../job/core/policy/standing.ts";
import { BLANK_METRIC } from "../../../job/core/state/memory.ts";
import type { Standing, StandingSince } from "../../../job/core/state/types.ts";
import { config, NOW } from "../../fakes/config.ts";

const since = (...seconds: readonly (number | null)[]) =>
  seconds.map((ago) => ({ ...BLANK_METRIC, missingSince: ago === null ? null : NOW - ago }));
const stands = (
  before: StandingSince | undefined,
  seen: Partial<StandingInput>,
  settings: Parameters<typeof config>[0] = {},
) =>
  standingAfter(
    before,
    { now: NOW, expected: since(null), conditions: {}, ...seen },
    config({ blindAfter: 600, ...settings }),
  );

describe("blind", () => {
  it("stands when every metric has been missing for longer than blindAfter, since the last of them went", () => {
    expect(stands(undefined, { expected: since(601) })).toEqual({ Blind: NOW - 601 });
    expect(stands(undefined, { expected: since(600) })).toBeUndefined();
    expect(stands(undefined, { expected: since(900, 601) })).toEqual({ Blind: NOW - 601 });
    expect(stands(undefined, { expected: since(900, 599) })).toBeUndefined();
    expect(stands(undefined, { expected: since(900, null) })).toBeUndefined();
    expect(stands({ Blind: NOW - 700 }, { expected: [] })).toBeUndefined();
  });

  it("keeps its beginning, and none that is to come", () => {
    expect(stands({ Blind: NOW - 900 }, { expected: since(700) })).toEqual({ Blind: NOW - 900 });
    expect(stands({ Blind: NOW + 900 }, { expected: since(700) })).toEqual({ Blind: NOW });
  });
});

describe("a pause and another scaler", () => {
  it("begin now, last while they are seen or cannot be looked at, and end when they are seen to be gone", () => {
    const other = (otherScaler: string | null) => ({ conditions: { otherScaler } });
    expect(stands(undefined, { conditions: { paused: true } })).toEqual({ Paused: NOW });
    expect(stands(undefined, other("HorizontalPodAutoscaler/web"))).toEqual({ OtherScaler: NOW });
    const both = { Paused: NOW - 60, OtherScaler: NOW - 90 };
    expect(stands(both, {})).toEqual(both);
    expect(stands(both, { conditions: { paused: false } })).toEqual({ OtherScaler: NOW - 90 });
    expect(stands(both, other(null))).toEqual({ Paused: NOW - 60 });
    expect(stands(undefined, {})).toBeUndefined();
  });

  it("another scaler is none where it is the HPA that is set", () => {
    const seen = { conditions: { otherScaler: "ScaledObject/web" } };
    expect(stands({ OtherScaler: NOW - 90 }, seen, { actuator: "hpa", hpaName: "web" })).toBeUndefined();
  });

  it("with mode Off nothing stands", () => {
    expect(stands({ Paused: NOW - 60 }, { conditions: { paused: true } }, { mode: "Off" })).toBeUndefined();
  });
});

it("a hold keeps its beginning, and none that is to come; anything else ends it", () => {
  expect(heldSince(undefined, { action: "hold" }, NOW)).toBe(NOW);
  expect(heldSince({}, { action: "hold" }, NOW)).toBe(NOW);
  expect(heldSince({ heldSince: NOW - 240 }, { action: "hold" }, NOW)).toBe(NOW - 240);
  expect(heldSince({ heldSince: NOW + 240 }, { action: "hold" }, NOW)).toBe(NOW);
  for (const action of ["keep", "scale"] as const)
    expect(heldSince({ heldSince: NOW - 240 }, { action }, NOW)).toBeNull();
});

it("what began and what ended is the difference of the two", () => {
  const some = fc.record({ Blind: fc.nat(), OtherScaler: fc.nat(), Paused: fc.nat() }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.option(some, { nil: undefined }), fc.option(some, { nil: undefined }), (before, later) => {
      const { began, ended } = standingChanges(before, later);
      const names = (of: StandingSince | undefined) => Object.keys(of ?? {});
      expect(new Set([...names(before).filter((name) => !ended.includes(name as Standing)), ...began])).toEqual(
        new Set(names(later)),
      );
      for (const name of began) expect(names(before)).not.toContain(name);
      for (const name of ended) expect(names(before)).toContain(name);
    }),
  );
});
