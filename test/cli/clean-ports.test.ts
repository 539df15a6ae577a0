/** What servers say comes in on one line, without secrets and control characters; what is written back is left alone. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClusterError, HistoryError } from "../../job/adapters/errors.ts";
import { cleanApi, cleanError, cleaner, cleanHistory, cleanScaler, cleanState } from "../../job/cli/clean-ports.ts";
import { EMPTY_STATE } from "../../job/core/state/codec.ts";
import { createRedactor } from "../../job/output/redactor.ts";
import { config } from "../fakes/config.ts";

const SECRET = "s3cr3t-canary";
const clean = cleaner(createRedactor(SECRET));
const bad = `no ${SECRET}\u001b[2J\u202e\nERROR forged`;
const good = "no [hidden]\\u001b[2J\\u202e\\nERROR forged";
const fail = (error: Error) => Promise.reject(error);

describe("what comes in", () => {
  it("is one line of plain words, and comes in again as it is", () => {
    expect(clean(bad)).toBe(good);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(clean(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(clean(clean(text))).toBe(clean(text));
      }),
    );
  });

  it("as an error keeps its class and fields; words, stack and causes are clean", () => {
    const error = new HistoryError("GET", 401, bad, new Error(bad, { cause: new Error(bad) }));
    const same = cleanError(error, clean);
    expect(same).toBe(error);
    expect(same).toMatchObject({ name: "HistoryError", status: 401, message: `GET: ${good}` });
    for (let at: unknown = same; at instanceof Error; at = at.cause)
      expect(at.message + at.stack).not.toContain(SECRET);
    expect(cleanError(bad, clean).message).toBe(good);
  });

  it("ends on causes that lead in a circle", () => {
    const error = new Error(bad);
    error.cause = error;
    expect(cleanError(error, clean).message).toBe(good);
  });

  it("of a history: errors, thrown or given, and what was asked", async () => {
    const samples = { times: Float64Array.of(1), values: Float64Array.of(2) };
    const reading = { samples, partial: false, seriesCount: 1, source: bad };
    const history = cleanHistory(
      { now: () => fail(new Error(bad)), read: async () => [reading, new Error(bad)] },
      clean,
    );
    await expect(history.now()).rejects.toThrow(good);
    const [first, second] = await history.read([], 0);
    expect(first).toEqual({ ...reading, source: good });
    expect((first as typeof reading).samples).toBe(samples);
    expect(second).toMatchObject({ message: good });
  });

  it("of a scaler: errors, and the names of others", async () => {
    const target = config();
    const scaler = cleanScaler(
      {
        read: async () => ({ replicas: 3, conditions: { otherScaler: bad, paused: true } }),
        scale: () => fail(new ClusterError("PATCH", 422, "Invalid", bad)),
        otherWriter: async () => bad,
      },
      clean,
    );
    expect(await scaler.read(target)).toEqual({ replicas: 3, conditions: { otherScaler: good, paused: true } });
    await expect(scaler.scale(target, 1, 2)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining(good),
    });
    expect(await scaler.otherWriter?.(target, 3)).toBe(good);
    const silent = cleanScaler({ read: () => fail(new Error(bad)), scale: async () => "done" }, clean);
    expect(silent.otherWriter).toBeUndefined();
    await expect(silent.read(target)).rejects.toThrow(good);
  });

  it("of a store: errors and warnings; state and version are written back as they came", async () => {
    const reading = { state: EMPTY_STATE, version: SECRET, warning: bad };
    const state = cleanState(
      { read: async () => reading, claim: () => fail(new Error(bad)), written: () => SECRET },
      clean,
    );
    const read = await state.read();
    expect(read).toEqual({ ...reading, warning: good });
    expect(read.state).toBe(EMPTY_STATE);
    expect(state.written?.()).toBe(SECRET);
    await expect(state.claim(EMPTY_STATE, null)).rejects.toThrow(good);
  });

  it("of the API server", async () => {
    const api = await cleanApi(async () => ({ send: () => fail(new Error(bad)), close: () => {} }), clean)();
    await expect(api.send({ method: "GET", path: "/" })).rejects.toThrow(good);
    await expect(cleanApi(() => fail(new Error(bad)), clean)()).rejects.toThrow(good);
  });
});

it("passes on whatever it is asked: the signal that ends a call is an argument like any other", async () => {
  const asked: unknown[][] = [];
  const note =
    (answer: unknown) =>
    async (...all: unknown[]) => {
      asked.push(all);
      return answer;
    };
  const reading = { state: EMPTY_STATE, version: "1" };
  const history = cleanHistory({ now: note(1), read: note([]) } as never, clean);
  const scaler = cleanScaler(
    { read: note({ conditions: {} }), scale: note("done"), otherWriter: note("x") } as never,
    clean,
  );
  const state = cleanState({ read: note(reading), claim: note("claimed") } as never, clean);
  const signal = new AbortController().signal;
  const calls: unknown[][] = [
    [signal],
    [[], 1, signal],
    [config(), signal],
    [config(), 1, 2, signal],
    [config(), 1, signal],
    [signal],
    [EMPTY_STATE, "1", signal],
  ];
  const cleaned = [history.now, history.read, scaler.read, scaler.scale, scaler.otherWriter!, state.read, state.claim];
  for (const [i, call] of cleaned.entries()) await (call as (...all: unknown[]) => Promise<unknown>)(...calls[i]!);
  expect(asked).toEqual(calls);
});
