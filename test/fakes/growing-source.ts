/** A metric source whose points come in the course of time, some of them late. */
import type { Ask } from "../../job/adapters/prometheus-range.ts";

/** When its present begins, the distance of its points, and how far back it is asked for, in seconds. */
export const [START, STEP, WINDOW]: readonly [number, number, number] = [1_700_000_010, 15, 1800];

/** A point: its value, and when it can be asked for. */
interface Point {
  readonly value: number;
  readonly from: number;
  readonly until?: number;
}
/** A source of one series: its points by time, as they are at its present. */
export class GrowingSource {
  readonly points = new Map<number, Point[]>();
  present = START;
  asked: number[] = [];
  labels: object = {};
  series = 1;
  fails = false;
  warns = false;

  add(time: number, value: number, from = time): void {
    const own = this.points.get(time);
    if (own === undefined) this.points.set(time, [{ value, from }]);
    else own.push({ value, from });
  }
  at(time: number): number | undefined {
    return this.points.get(time)?.findLast(({ from }) => from <= this.present)?.value;
  }
  samples(start: number, end: number): [number, string][] {
    const found: [number, string][] = [];
    for (let time = start; time <= end; time += STEP) {
      const value = this.at(time);
      if (value !== undefined) found.push([time, String(value)]);
    }
    return found;
  }
  readonly ask: Ask = async (_path, form) => {
    const [start, end] = [Number(form.start), Number(form.end)];
    this.asked.push((end - start) / STEP + 1);
    if (this.fails) throw new Error("no answer");
    const values = this.samples(start, end);
    const result =
      values.length === 0 ? [] : Array.from({ length: this.series }, () => ({ metric: this.labels, values }));
    const warnings = this.warns ? ["partial response"] : [];
    const body = JSON.stringify({ status: "success", data: { resultType: "matrix", result }, warnings });
    return { request: "POST", body, redact: (text) => text };
  };
}

/** Values of two hours, each as soon as its time has come. */
export function steadySource(): GrowingSource {
  const source = new GrowingSource();
  for (let i = -WINDOW / STEP; i < 480; i++) source.add(START + i * STEP, 1 + Math.sin(i / 20));
  return source;
}
