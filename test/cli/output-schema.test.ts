/** docs/output.schema.json against what every command with --json really prints: nothing is missing, nothing is undescribed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../job/cli/options.ts";
import { runCli } from "../../job/cli/program.ts";
import { outputSchema } from "../../scripts/output-schema.ts";
import { QUIET } from "../fakes/io.ts";
import { anyMemory } from "../fakes/state.ts";

const folder = mkdtempSync(join(tmpdir(), "output-schema-"));
afterAll(() => rmSync(folder, { recursive: true }));
const WAVE = join(folder, "wave.csv");
const wave = (n: number, at: (i: number) => number) =>
  `timestamp,value\n${Array.from({ length: n }, (_, i) => `${1_700_000_000 + 15 * i},${at(i).toFixed(4)}`).join("\n")}\n`;
writeFileSync(
  WAVE,
  wave(1200, (i) => 0.3 + 0.2 * Math.sin(i / 3)),
);
/** A level: the last value makes no error, so relMae is not a number. */
const LEVEL = join(folder, "level.csv");
writeFileSync(
  LEVEL,
  wave(300, () => 0.3),
);
/** Two metrics, of which one has no file. */
const CONFIG = join(folder, "autoscaler.yaml");
writeFileSync(
  CONFIG,
  `targets:
  - scaleTargetRef: { name: web }
    targetCpu: 50m
    maxReplicas: 10
    metrics:
      - { name: queue, query: 'sum(queue_length)', averageValue: 5 }
`,
);

async function cli(argv: readonly string[]): Promise<string> {
  let out = "";
  const write = (text: string) => {
    out += text;
  };
  await runCli({ argv, env: {}, version: "1", ...QUIET, out: write, err: () => {} });
  return out;
}

/** The schema, with every object closed: a field that is not described is a fault. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const own = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return "properties" in own ? { ...own, additionalProperties: false } : own;
}

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, formats: { "date-time": true } });
ajv.addSchema(closed(outputSchema()) as object, "output");

const once = ["--target-cpu", "0.05", "--max", "10"];
/** Ways to ask each command. */
const WAYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  run: [
    ["--once", "--history-file", WAVE, ...once],
    ["--once", "--history-file", WAVE, "--replicas", "0", ...once],
    ["--once", "--history-file", WAVE, "--config", CONFIG],
    ["--every", "1s", "--for", "2s", "--history-file", WAVE, ...once],
    ["--once", "--prometheus", "http://127.0.0.1:9", "--replicas", "3", ...once],
  ],
  explain: [
    ["explain", "--history-file", WAVE, ...once],
    ["explain", "--history-file", WAVE, "--config", CONFIG],
    ["explain", "--at", "1700010000", "--history-file", WAVE, ...once],
    ["explain", "--at", "1700010000", "--history-file", WAVE, "--config", CONFIG],
  ],
  history: [
    ["history", "--since", "5m", "--history-file", WAVE, ...once],
    ["history", "--since", "5m", "--history-file", WAVE, "--config", CONFIG],
  ],
  advise: [["advise", WAVE, "--warmup", "12000"]],
  doctor: [["doctor", "--history-file", WAVE, ...once]],
  replay: [["replay", WAVE, "--warmup", "3000", "--policies", "auto,hpa"]],
  backtest: [
    ["backtest", WAVE, "--window", "40", "--origins", "3"],
    ["backtest", LEVEL, "--window", "40", "--origins", "3", "--methods", "naive"],
  ],
};

describe("the schema of what --json prints", () => {
  const commands = COMMANDS.filter(({ options }) => options.some((option) => option.flag === "json"));

  it.each(commands.map(({ name }) => name))("describes every field of %s", async (name) => {
    const validate = ajv.getSchema(`output#/$defs/${name}`);
    const ways = WAYS[name];
    expect(validate, `scripts/output-schema.ts does not describe ${name}`).toBeDefined();
    expect(ways, "say above how to ask it").toBeDefined();
    for (const way of ways!) {
      const out = await cli([...way, "--json"]);
      validate!(JSON.parse(out));
      expect(validate!.errors ?? [], `${way.join(" ")}: ${out.slice(0, 2000)}`).toEqual([]);
    }
  });

  it("describes every memory that explain can show", () => {
    const validate = ajv.getSchema("output#/$defs/remembered")!;
    fc.assert(
      fc.property(anyMemory, (memory) => {
        validate(JSON.parse(JSON.stringify(memory)));
        expect(validate.errors ?? []).toEqual([]);
      }),
    );
  });

  it("finds a field that is not described, and one that is missing", async () => {
    const validate = ajv.getSchema("output#/$defs/run")!;
    const answer = JSON.parse(await cli([...WAYS.run![0]!, "--json"])) as { targets: object[] };
    expect(validate({ ...answer, targets: [{ ...answer.targets[0]!, more: 1 }] })).toBe(false);
    const { dryRun: _, ...less } = answer as unknown as Record<string, unknown>;
    expect(validate(less)).toBe(false);
  });
});
