/** Progress: what a terminal of any width and what a file shows of long work, and when the work is told to end. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { showProgress, timeLeft } from "../../job/report/progress.ts";

/** `steps` steps of `ms` each under a display, by a clock of the test; gives what was written and where the work ended. */
async function played(options: { columns: number | null; steps: number; ms: number; stopAt?: number }) {
  const stop = new AbortController();
  const written: string[] = [];
  let now = 0;
  let pauses = 0;
  const progress = showProgress("replay", "steps", {
    write: (text) => written.push(text),
    columns: options.columns,
    tick: () => now,
    pause: async () => {
      pauses++;
    },
    signal: stop.signal,
  });
  let done = 0;
  while (done < options.steps) {
    now += options.ms;
    done++;
    if (done === options.stopAt) stop.abort();
    if (!(await progress.watch(done, options.steps))) break;
  }
  progress.end();
  return { written, done, pauses };
}

describe("progress", () => {
  it("writes a line every ten seconds where stderr is no terminal, and no control characters", async () => {
    const { written } = await played({ columns: null, steps: 350, ms: 100 });
    expect(written).toEqual([
      "replay: 100 of 350 steps (28 %), about 25 s left\n",
      "replay: 200 of 350 steps (57 %), about 15 s left\n",
      "replay: 300 of 350 steps (85 %), about 5 s left\n",
    ]);
  });

  it("draws a bar in one line on a terminal, and takes it away at the end", async () => {
    const { written } = await played({ columns: 80, steps: 40, ms: 100 });
    expect(written[0]).toBe("\r\u001b[Kreplay [####--------------------------]  12 %  4 s left");
    expect(written.at(-1)).toBe("\r\u001b[K");
    expect(written.join("")).not.toContain("\n");
  });

  it("shows nothing of work that is over at once", async () => {
    expect((await played({ columns: 80, steps: 4, ms: 100 })).written).toEqual([]);
    expect((await played({ columns: null, steps: 90, ms: 100 })).written).toEqual([]);
  });

  it("never fills a line: a full one would wrap and could not be written over", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 250 }), fc.integer({ min: 2, max: 60 }), async (columns, steps) => {
        const { written } = await played({ columns, steps, ms: 3_700 });
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the bar's own control sequence is what is taken off
        for (const text of written) expect(text.replace(/^\r\u001b\[K/, "").length).toBeLessThan(Math.max(columns, 1));
      }),
    );
  });

  it("ends the work at the first look after Ctrl-C, and looks at most 20 times a second", async () => {
    expect((await played({ columns: null, steps: 100, ms: 100, stopAt: 30 })).done).toBe(30);
    expect((await played({ columns: null, steps: 10_000, ms: 1 })).pauses).toBe(200);
  });

  it.each([
    [0.2, "1 s"],
    [89, "89 s"],
    [90, "2 min"],
    [5399, "1 h 30 min"],
    [7800, "2 h 10 min"],
  ])("says %d s as %s", (seconds, text) => expect(timeLeft(seconds)).toBe(text));
});
