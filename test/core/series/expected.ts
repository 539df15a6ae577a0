/** What sound data are expected to be, for tests of the verdict. */
import type { Expectation } from "../../../job/core/series/quality.ts";

export const WINDOW_END = 10_000;

export const EXPECTED: Expectation = {
  now: WINDOW_END,
  step: 15,
  history: 1800,
  maxAge: 120,
  minCoverage: 0.8,
  cpu: true,
  zero: false,
  counted: true,
  useful: Number.POSITIVE_INFINITY,
  capacity: Number.POSITIVE_INFINITY,
  ceiling: Number.POSITIVE_INFINITY,
  partial: false,
  seriesCount: 1,
};
