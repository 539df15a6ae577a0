/** Since when the replicas are held: over any run of loads, the time of the first of the decisions in a row that held them, in the record and in what is remembered. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { decode, encode } from "../../job/core/state/codec.ts";
import type { TargetState } from "../../job/core/state/types.ts";
import { tick } from "../../job/core/tick.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { reading } from "../fakes/ports.ts";

/** As the next run reads it. */
function stored(memory: TargetState): TargetState {
  const read = decode(encode({ version: 1, targets: { web: memory } }));
  if (!read.ok) throw new Error(read.error);
  return read.value.targets.web!;
}

it("is that of the first decision in a row that held", () => {
  const seen = new Set<string>();
  // null: the source did not answer
  const loads = fc.array(fc.option(fc.integer({ min: 1, max: 8 })), { minLength: 3, maxLength: 25 });
  fc.assert(
    fc.property(loads, (list) => {
      let memory: TargetState | undefined;
      let current = 4;
      let since: number | null = null;
      for (const [i, load] of list.entries()) {
        const now = NOW + 60 * i;
        const histories = [load === null ? null : reading(() => load / 2, now)];
        const input = {
          now,
          histories,
          current,
          pods: current,
          conditions: {},
          memory,
          config: config({ maxReplicas: 20 }),
        };
        const { decision, record, memory: after } = tick(input, last);
        since = decision.action === "hold" ? (since ?? now) : null;
        expect(record.heldSince).toBe(since);
        expect(after.heldSince ?? null).toBe(since);
        seen.add(since === null ? decision.action : since < now ? "held for longer" : "begins");
        current = decision.replicas;
        memory = stored(after);
      }
    }),
    { numRuns: 60 },
  );
  expect([...seen].sort()).toEqual(["begins", "held for longer", "keep", "scale"]);
});
