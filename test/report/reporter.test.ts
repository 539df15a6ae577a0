/** The reporter of the command line: keeps all, and fails nothing. */
import { describe, expect, it } from "vitest";
import { collectingReporter } from "../../job/report/reporter.ts";
import { OUTCOME, sampleRecord, TARGET } from "./sample.ts";

describe("collectingReporter", () => {
  it("keeps every tick and never throws, even when the log does", () => {
    const reporter = collectingReporter(() => {
      throw new Error("disk full");
    }, false);
    expect(() => reporter.tick(TARGET, sampleRecord(), OUTCOME)).not.toThrow();
    expect(reporter.all).toHaveLength(1);
  });
});
