/** Why targets are not read together: each is told what is so, also where it was not asked for at all. */
import { expect, it } from "vitest";
import { groupedHistory } from "../../job/adapters/prometheus-grouped.ts";
import type { Ask } from "../../job/adapters/prometheus-range.ts";
import { cpuOf } from "../fakes/queries.ts";
import { prometheusSettings } from "../fault/settings.ts";

const NOW = 1_700_000_007;
const queries = Array.from({ length: 900 }, (_, i) =>
  cpuOf({ name: `w${i}`, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: `w${i}` } }),
);
const body = '{"status":"success","data":{"resultType":"matrix","result":[]}}';
const empty: Ask = async () => ({ request: "POST", body, redact: (text) => text });
const hung: Ask = async () => {
  throw new Error("no answer in time");
};

it.each<[string, Ask, string]>([
  ["where no rule has run", empty, "nothing is recorded"],
  ["where the server does not answer, of all parts, and not that nothing is recorded", hung, "no answer in time"],
])("%s", async (_what, ask, told) => {
  const read = groupedHistory(prometheusSettings("http://127.0.0.1"), ask, () => {});
  for (const now of [NOW, NOW + 60]) {
    const { readings, why } = await read(queries, now);
    expect(readings.size).toBe(0);
    expect(why.size).toBe(queries.length);
    expect([...new Set(why.values())]).toEqual([told]);
  }
});

it("after failures the next run asks again, in the same process", async () => {
  let answers = false;
  const asked: string[] = [];
  const ask: Ask = async (...question) => {
    asked.push(question[1].query!);
    return (answers ? empty : hung)(...question);
  };
  const read = groupedHistory(prometheusSettings("http://127.0.0.1"), ask, () => {});
  await read(queries, NOW);
  const first = asked.length;
  answers = true;
  expect(new Set((await read(queries, NOW + 60)).why.values())).toEqual(new Set(["nothing is recorded"]));
  expect(asked.length).toBeGreaterThan(first);
  const second = asked.length;
  await read(queries, NOW + 120);
  expect(asked).toHaveLength(second);
});
