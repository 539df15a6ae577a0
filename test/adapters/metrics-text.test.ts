/** The text of many samples: that of all at once, made in pieces. */
import { expect, test } from "vitest";
import { expositionOf } from "../../job/adapters/metrics-text.ts";
import type { MetricFamily } from "../../job/ports.ts";
import { turnsDuring } from "../fakes/turns.ts";

const family = (name: string, count: number, at?: number): MetricFamily => ({
  name,
  help: `what ${name} means`,
  labels: ["name"],
  samples: Array.from({ length: count }, (_, i) => ({
    labels: { name: `web-${i}\n# "odd"` },
    value: i / 7,
    ...(at !== undefined && { at }),
  })),
});

/** The format as Prometheus' documentation has it, line by line. */
function linesOf({ name, help, samples }: MetricFamily): readonly string[] {
  const value = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  const rows = samples.map(({ labels, value: v }) => `${name}{name="${value(labels.name!)}"} ${v}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...rows];
}

test("of 12,001 samples is complete, in order, with one help and type, and takes a turn for each 5,000", async () => {
  const families = [family("few", 2), family("many", 12_001), family("stamped", 3, 1), family("last", 1)];
  const { result, turns } = await turnsDuring(() => expositionOf(families));
  const expected = [families[0]!, families[1]!, families[3]!].flatMap(linesOf);
  expect(result.split("\n").filter((line) => line !== "")).toEqual(expected);
  expect(result.endsWith("\n")).toBe(true);
  expect(turns).toBeGreaterThanOrEqual(5);
});

test("of nothing is empty", async () => {
  expect(await expositionOf([])).toBe("");
});
