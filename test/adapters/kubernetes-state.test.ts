/** The claim in a ConfigMap: won, lost or failed, by every answer that a server may give, and what a lost answer left. */
import { describe, expect, test } from "vitest";
import { ClusterError } from "../../job/adapters/errors.ts";
import { stateAnnotation } from "../../job/adapters/kubernetes-state.ts";
import { kubernetesState } from "../../job/adapters/state-store.ts";
import { readState } from "../../job/adapters/state-text.ts";
import { EMPTY_STATE, encode } from "../../job/core/state/codec.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import type { JobState } from "../../job/core/state/types.ts";
import { NOW } from "../fakes/config.ts";

const STATE: JobState = {
  version: 1,
  targets: { "shop/web": { ...BLANK, recommendations: [{ at: NOW, replicas: 3 }] } },
};
const TEXT = encode(STATE);
const PATH = "/api/v1/namespaces/jobs/configmaps";
interface SentCall {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
}
const map = (resourceVersion: unknown, text?: unknown) => ({
  metadata: { resourceVersion, annotations: text === undefined ? {} : { [stateAnnotation]: text } },
});
const refused = (status: number | undefined, uncertain = false) =>
  new ClusterError("X", status, "Why", "no", undefined, uncertain);

/** A store whose answers come by the method. */
function store(answers: Readonly<Record<string, unknown>>) {
  const asked: SentCall[] = [];
  const send = async (call: SentCall) => {
    asked.push(call);
    const answer = answers[call.method ?? "GET"];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const settings = { configMap: { namespace: "jobs", name: "state" } };
  return { asked, state: kubernetesState(async () => ({ send, close: () => {} }), settings as never) };
}
/** What a claim gives: the answer or the error's message; and the version that is known after it. */
async function claim(version: string | null, answers: Readonly<Record<string, unknown>>) {
  const { asked, state } = store(answers);
  const result = await state.claim(STATE, version).catch((error: unknown) => (error as Error).message);
  return { asked: asked.map(({ method }) => method), result, written: state.written?.(), bodies: asked };
}

describe("reading", () => {
  test("gives the state and its version, and no memory where the annotation is missing or empty", async () => {
    expect(await store({ GET: map("7", TEXT) }).state.read()).toEqual({ state: STATE, version: "7" });
    for (const text of [undefined, ""])
      expect(await store({ GET: map("7", text) }).state.read()).toEqual({ state: EMPTY_STATE, version: "7" });
  });

  test("without a ConfigMap is a warning and no version; any other refusal is an error", async () => {
    const read = await store({ GET: refused(404) }).state.read();
    expect(read).toMatchObject({ state: EMPTY_STATE, version: null });
    expect(read.warning).toContain("jobs/state is missing");
    for (const error of [refused(403), refused(undefined), new TypeError("x")])
      await expect(store({ GET: error }).state.read()).rejects.toBe(error);
  });

  test.each([
    ["no resourceVersion", map(undefined, TEXT)],
    ["an empty one", map("", TEXT)],
    ["one that is no text", map(7, TEXT)],
    ["an annotation that is no text", map("7", 5)],
    ["nothing", {}],
  ])("of an object with %s is refused: nothing would keep two runs apart", async (_, object) => {
    await expect(store({ GET: object }).state.read()).rejects.toThrow(/Malformed/);
  });

  test("of text that is none of ours starts without memory, with a warning", () => {
    expect(readState("{garbage")).toMatchObject({ state: EMPTY_STATE, warning: expect.stringContaining("JSON") });
    expect(readState(TEXT)).toEqual({ state: STATE });
  });
});

describe("a claim of a version", () => {
  test("names it, and knows the one that it made", async () => {
    const { asked, result, written, bodies } = await claim("7", { PATCH: map("8", TEXT) });
    expect([asked, result, written]).toEqual([["PATCH"], "claimed", "8"]);
    expect(bodies[0]!.path).toMatch(new RegExp(`^${PATH}/state\\?fieldManager=`));
    expect(bodies[0]!.body).toEqual(map("7", TEXT));
  });

  test("is lost to a run that was faster, or with the ConfigMap", async () => {
    for (const answers of [
      { PATCH: refused(409), GET: map("8", "other") },
      { PATCH: refused(409), GET: new Error("gone") },
      { PATCH: refused(404) },
    ])
      expect(await claim("7", answers)).toMatchObject({ result: "lost", written: null });
  });

  test("is won where the answer was lost and the text is ours", async () => {
    for (const error of [refused(409), refused(undefined, true), refused(504, true)])
      expect(await claim("7", { PATCH: error, GET: map("9", TEXT) })).toMatchObject({
        result: "claimed",
        written: "9",
      });
  });

  test("failed where nobody wrote since, or where it is not known", async () => {
    for (const answers of [
      { PATCH: refused(409), GET: map("7", "other") },
      { PATCH: refused(undefined, true), GET: map("7", "other") },
      { PATCH: refused(undefined, true), GET: map("8", "other") },
      { PATCH: refused(504, true), GET: new Error("gone") },
      { PATCH: refused(403) },
      { PATCH: new TypeError("X") },
    ])
      expect((await claim("7", answers)).result).toMatch(/^X/);
    expect((await claim("7", { PATCH: refused(403) })).asked).toEqual(["PATCH"]);
  });

  test("failed where the server says yes and stored something else", async () => {
    for (const stored of [map("8"), map("8", "other"), {}])
      expect((await claim("7", { PATCH: stored })).result).toMatch(/NotChanged.*admission webhook/);
    expect((await claim("7", { PATCH: map(undefined, TEXT) })).result).toMatch(/no resourceVersion/);
  });
});

describe("a claim without a ConfigMap", () => {
  test("creates it, with the state in it", async () => {
    const { asked, result, written, bodies } = await claim(null, { POST: map("1", TEXT) });
    expect([asked, result, written]).toEqual([["POST"], "claimed", "1"]);
    expect(bodies[0]!.path).toMatch(new RegExp(`^${PATH}\\?fieldManager=`));
    expect(bodies[0]!.body).toMatchObject({
      kind: "ConfigMap",
      metadata: { name: "state", annotations: { [stateAnnotation]: TEXT } },
    });
  });

  test("is lost to a run that created it first, and says what to apply where it may not", async () => {
    expect(await claim(null, { POST: refused(409) })).toMatchObject({ result: "lost", written: null });
    expect((await claim(null, { POST: refused(403) })).result).toMatch(
      /403 Why: ConfigMap state is missing and could not be created; apply the manifests/,
    );
    expect((await claim(null, { POST: map("1") })).result).toMatch(
      /^POST [^ ]+: 200 NotChanged: it answers without the state/,
    );
    expect((await claim(null, { POST: new TypeError("x") })).result).toBe("x");
  });
});
