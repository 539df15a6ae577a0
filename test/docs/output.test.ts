/** docs/output.md: every field of a real answer stands there, under the answer or the part that it belongs to. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { documentedFields } from "../../scripts/output-page.ts";

const SERIES = "fixtures/recorded/sine.json";
const ONE = ["--replicas", "4", "--target-cpu", "50m", "--max", "10"];

function answer(...argv: readonly string[]): Record<string, unknown> {
  const out = execFileSync(process.execPath, ["dist/job.js", ...argv, "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(out) as Record<string, unknown>;
}

/** Fields of an answer that are not in the table of `name`. */
function undocumented(fields: object, name: string): string[] {
  const known = documentedFields(name);
  return Object.keys(fields).filter((field) => !known.has(field));
}

describe("docs/output.md", () => {
  const run = answer("--once", "--dry-run", "--history-file", SERIES, ...ONE);
  const [target] = run.targets as readonly Record<string, unknown>[];
  const [metric] = target!.metrics as readonly Record<string, unknown>[];
  const stages = target!.trail as readonly object[];

  it("has every field of a run, its targets, metrics, forecast and stages", () => {
    expect(stages.length).toBeGreaterThan(10);
    const missing = [
      ...undocumented(run, "run"),
      ...undocumented(target!, "outcome"),
      ...undocumented(metric!, "metric"),
      ...undocumented(target!.forecast as object, "forecast"),
      ...stages.flatMap((stage) => undocumented(stage, "stage")),
    ];
    expect(missing).toEqual([]);
  });

  it("has every field of a backtest", () => {
    const said = answer("backtest", SERIES, "--methods", "naive");
    expect(undocumented(said, "backtest")).toEqual([]);
    const methods = said.methods as { readonly naive: object };
    const known = documentedFields("backtest");
    expect(Object.keys(methods.naive).filter((field) => !known.has(`methods.NAME.${field}`))).toEqual([]);
  });

  it("would be found out", () => expect(undocumented({ ...run, more: 1 }, "run")).toEqual(["more"]));
});
