/** One number that is tested and set in one step: what the answer, a lost answer and a refusal say of what happened. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClusterError } from "../../job/adapters/errors.ts";
import { count, patchNumber } from "../../job/adapters/kubernetes-number.ts";

const at = {
  path: "/scale",
  kind: "Scale",
  field: "/spec/replicas",
  of: ({ replicas }: { replicas?: unknown }) => replicas,
};
interface SentCall {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Patches from 3 to 5; the PATCH is answered by `patched`, the GET after it by `now`. */
async function patch(patched: unknown, now: unknown = new Error("not asked"), from = 3) {
  const asked: SentCall[] = [];
  const send = async (call: SentCall) => {
    asked.push(call);
    const answer = call.method === "PATCH" ? patched : now;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const result = await patchNumber({ send, close: () => {} }, at, from, 5).catch((error: unknown) => error);
  return { asked, result };
}
const refused = (status: number | undefined, uncertain = false) =>
  new ClusterError("PATCH /scale", status, "Why", "no", undefined, uncertain);

describe("a patch", () => {
  test("tests what was read and sets the new number, in one call", async () => {
    const { asked, result } = await patch({ replicas: 5 });
    expect(result).toBe("done");
    expect(asked).toMatchObject([
      {
        method: "PATCH",
        path: "/scale?fieldManager=prophet-autoscaler",
        body: [
          { op: "test", path: "/spec/replicas", value: 3 },
          { op: "add", path: "/spec/replicas", value: 5 },
        ],
      },
    ]);
  });

  test("tests that 0 is not there: it is left out of the object", async () => {
    const { asked } = await patch({ replicas: 5 }, undefined, 0);
    expect(asked[0]!.body).toMatchObject([
      { op: "test", value: null },
      { op: "add", value: 5 },
    ]);
  });

  test.each([
    ["what was there", 3, false],
    ["another number", 4, true],
    ["nothing", undefined, true],
  ])("that is answered with %s is told as not done", async (_, replicas, uncertain) => {
    const { result } = await patch({ replicas });
    expect(result).toMatchObject({ name: "ClusterError", status: 200, reason: "NotChanged", uncertain });
    expect((result as Error).message).toContain("instead of 5");
  });
});

describe("a refusal", () => {
  test.each([409, 422])(
    "with %d is a conflict where the number has changed, else the server's own words",
    async (status) => {
      expect((await patch(refused(status), { replicas: 4 })).result).toBe("conflict");
      expect((await patch(refused(status), { replicas: 5 })).result).toBe("conflict");
      const error = refused(status);
      expect((await patch(error, { replicas: 3 })).result).toBe(error);
      expect((await patch(error, new Error("gone"))).result).toBe(error);
    },
  );

  test.each([403, 404, 500])("with %d is passed on as it is, without another call", async (status) => {
    const error = refused(status);
    const { asked, result } = await patch(error);
    expect(result).toBe(error);
    expect(asked).toHaveLength(1);
  });

  test("that is no answer of the API server is passed on", async () => {
    const error = new TypeError("x");
    const { asked, result } = await patch(error);
    expect([result, asked.length]).toEqual([error, 1]);
  });
});

describe("a lost answer", () => {
  test("is done where the number is the new one, and a conflict where it is a third", async () => {
    expect((await patch(refused(undefined, true), { replicas: 5 })).result).toBe("done");
    expect((await patch(refused(504, true), { replicas: 5 })).result).toBe("done");
    expect((await patch(refused(undefined, true), { replicas: 4 })).result).toBe("conflict");
  });

  test("stays uncertain where nothing is known: no answer came, or the number cannot be read", async () => {
    for (const [error, now] of [
      [refused(undefined, true), { replicas: 3 }],
      [refused(undefined, true), new Error("gone")],
      [refused(504, true), new Error("gone")],
    ] as const) {
      expect((await patch(error, now)).result).toBe(error);
      expect(error.uncertain).toBe(true);
    }
  });

  test("is certain where a server said no and the number is the old one", async () => {
    const error = refused(504, true);
    expect((await patch(error, { replicas: 3 })).result).toBe(error);
    expect(error.uncertain).toBe(false);
  });
});

test("replicas are whole numbers from 0 on, and nothing else is one", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.nat(), fc.integer(), fc.double(), fc.string(), fc.constantFrom(null, undefined, {}, [3], "3")),
      (value) => {
        if (Number.isInteger(value) && (value as number) >= 0) expect(count("/x", value)).toBe(value);
        else
          expect(() => count("/x", value)).toThrow(
            /^GET \/x: 200 Malformed: replicas must be a whole number from 0, got /,
          );
      },
    ),
  );
});
