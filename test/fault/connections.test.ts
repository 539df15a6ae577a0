/** Connections to the API server: kept, bounded, and what becomes of a write that goes over one which the server has just closed. */
import { afterEach, describe, expect, test } from "vitest";
import { eachAtOnce } from "../../job/each-at-once.ts";
import { type FakeObjects, type FakeOptions, fakeCluster } from "../contract/api-server.ts";
import { recommended } from "../contract/state.ts";
import { config } from "../fakes/config.ts";
import type { Reply } from "./server.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function open(options: FakeOptions = {}) {
  const cluster = await fakeCluster(options);
  ends.push(cluster.stop);
  return cluster;
}

test("of 200 targets no more than 16 connections, each used again and again, with TLS or without", async () => {
  const { ports, calls, connections } = await open();
  const targets = Array.from({ length: 200 }, () => config());
  const readings = await eachAtOnce(targets, (target) => ports.scaler.read(target), 200);
  expect(readings.every(({ replicas }) => replicas === 3)).toBe(true);
  expect(calls()).toHaveLength(200);
  expect(connections()).toBeLessThanOrEqual(16);
});

/** The server closes the connection instead of answering the first such call; before that it may do what it is asked. */
function closing(call: string, work: (objects: FakeObjects) => void = () => {}): FakeOptions {
  let left = 1;
  return {
    before: (seen, objects): Reply | undefined => {
      if (seen !== call || left-- <= 0) return undefined;
      work(objects);
      return { end: "silent" };
    },
  };
}

describe("over a kept connection that the server closes", () => {
  test("a claim that was not carried out is sent again", async () => {
    const { ports, calls, objects } = await open(closing("PATCH state"));
    const { version } = await ports.state.read();
    expect(await ports.state.claim(recommended(4), version)).toBe("claimed");
    expect(calls()).toEqual(["GET state", "PATCH state", "PATCH state"]);
    expect(objects.version).toBe(2);
    expect((await ports.state.read()).state).toEqual(recommended(4));
  });

  test("one that was carried out all the same is ours, with its version", async () => {
    let text: string | undefined;
    const options: FakeOptions = {
      before: (call, objects, _number, _url, body) => {
        if (call !== "PATCH state" || text !== undefined) return undefined;
        const { annotations } = (JSON.parse(body) as { metadata: { annotations: Record<string, string> } }).metadata;
        [text] = Object.values(annotations);
        objects.annotations = annotations;
        objects.version += 1;
        return { end: "silent" };
      },
    };
    const { ports, calls } = await open(options);
    const { version } = await ports.state.read();
    expect(await ports.state.claim(recommended(4), version)).toBe("claimed");
    expect(ports.state.written?.()).toBe("2");
    expect(calls()).toEqual(["GET state", "PATCH state", "PATCH state", "GET state"]);
  });

  test("one that another run was faster with is lost", async () => {
    const faster = closing("PATCH state", (objects) => {
      objects.version += 1;
    });
    const { ports } = await open(faster);
    const { version } = await ports.state.read();
    expect(await ports.state.claim(recommended(4), version)).toBe("lost");
  });

  test.each([
    ["not carried out: sent again", 3, "done"],
    ["carried out: done", 5, "done"],
    ["changed by somebody else meanwhile: left alone", 4, "conflict"],
  ] as const)("replicas, %s", async (_what, meanwhile, expected) => {
    const set = closing("PATCH scale", (objects) => {
      objects.replicas = meanwhile;
    });
    const { ports, objects } = await open(set);
    await ports.scaler.read(config());
    expect(await ports.scaler.scale(config(), 3, 5)).toBe(expected);
    expect(objects.replicas).toBe(expected === "done" ? 5 : 4);
  });

  test("a new connection that breaks is no such thing: the claim is not sent again", async () => {
    const { ports, calls } = await open(closing("PATCH state"));
    await expect(ports.state.claim(recommended(4), "1")).rejects.toMatchObject({ uncertain: true });
    expect(calls().filter((call) => call.startsWith("PATCH"))).toHaveLength(1);
  });
});
