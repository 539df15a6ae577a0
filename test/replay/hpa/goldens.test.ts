/** The simulated HPA against the real controller's golden histories: every sync, replicas, conditions and which metric decided. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compareFile } from "../../oracle/hpa/compare.ts";

const folder = fileURLToPath(new URL("../../../fixtures/oracle/hpa/", import.meta.url));

/** A file that lost half its histories must not pass as agreement. */
test.each([
  { kind: "plain", histories: 1500, syncs: 58_588 },
  { kind: "wide", histories: 1000, syncs: 46_180 },
  { kind: "several", histories: 600, syncs: 17_448 },
])("agrees with Kubernetes on all $syncs syncs of the $kind histories", async ({ kind, histories, syncs }) => {
  const compared = await compareFile(`${folder}${kind}.jsonl.gz`);
  expect(compared.differences.slice(0, 5)).toEqual([]);
  expect(compared).toMatchObject({ histories, syncs });
});
