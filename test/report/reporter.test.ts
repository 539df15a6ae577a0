/** The reporter of the command line: keeps all until it is taken, tells it in the log's own form, and fails nothing. */
import { describe, expect, it } from "vitest";
import type { Level, LogFields } from "../../job/report/log.ts";
import { collectingReporter, type DecisionLog } from "../../job/report/reporter.ts";
import { OUTCOME, SAMPLE_TARGET, sampleRecord } from "./sample.ts";

function told(form: DecisionLog, outcome = OUTCOME) {
  const lines: { level: Level; message: string; fields: LogFields }[] = [];
  const reporter = collectingReporter((level, message, fields = {}) => lines.push({ level, message, fields }), form);
  reporter.tick(SAMPLE_TARGET, sampleRecord(), outcome);
  return lines;
}

describe("collectingReporter", () => {
  it("gives every tick once, and never throws, even when the log does", () => {
    const fail = () => {
      throw new Error("disk full");
    };
    const reporter = collectingReporter(fail, { format: "text", printed: false });
    expect(() => reporter.tick(SAMPLE_TARGET, sampleRecord(), OUTCOME)).not.toThrow();
    expect(reporter.take()).toHaveLength(1);
    expect(reporter.take()).toEqual([]);
  });

  it("keeps no record where outcomes alone are told, and logs the whole of it all the same", () => {
    const lines: LogFields[] = [];
    const log = (_level: Level, _message: string, fields: LogFields = {}) => lines.push(fields);
    const reporter = collectingReporter(log, { format: "json", printed: false, drops: () => true });
    reporter.tick(SAMPLE_TARGET, sampleRecord(), OUTCOME);
    expect(reporter.take()).toEqual([
      { target: SAMPLE_TARGET, record: null, outcome: { ...OUTCOME, metrics: [], trail: [] } },
    ]);
    expect(lines).toMatchObject([{ now: sampleRecord().now }]);
  });

  it("tells machines the whole decision in one line at info: decision, forecast, demand, reason and stages", () => {
    for (const printed of [true, false]) {
      const [line, ...more] = told({ format: "json", printed });
      expect(more).toEqual([]);
      expect(line).toMatchObject({ level: "info", message: OUTCOME.message });
      const { message: _, ...rest } = OUTCOME;
      expect(line!.fields).toMatchObject({ ...rest, target: "shop/web", metric: "cpu", unit: "cores" });
      expect(line!.fields).toMatchObject({ now: sampleRecord().now, demand: sampleRecord().metrics[0]!.demand });
      // the curves and the window are the picture's
      expect(JSON.stringify(line!.fields).length).toBeLessThan(2000);
    }
    expect(told({ format: "json", printed: true }, { ...OUTCOME, action: "failed" })[0]!.level).toBe("error");
  });

  it("tells people one sentence, at debug where it is printed as well", () => {
    const levels = (printed: boolean) => told({ format: "text", printed }).map(({ level }) => level);
    expect(levels(false)).toEqual(["info", "debug"]);
    expect(levels(true)).toEqual(["debug", "debug"]);
  });
});
