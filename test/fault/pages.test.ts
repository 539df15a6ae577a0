/** Lists of workloads from an API server that pages, throttles, expires and sends too much: read to their end, or said to be not. */

import { afterEach, describe, expect, test } from "vitest";
import { turnsPass } from "../fakes/turns.ts";
import { discoverySelector, endAll, listReply, names, open, statusReply, target, web } from "./lists.ts";
import type { Reply } from "./server.ts";

afterEach(endAll);

/** Seven objects in pages of three. */
const NAMES = ["a", "b", "c", "d", "e", "f", "g"];
const paged = (query: URLSearchParams): Reply => {
  const at = Number(query.get("continue") ?? 0);
  return listReply(
    NAMES.slice(at, at + 3).map((name) => web(name)),
    at + 3 < NAMES.length ? `${at + 3}` : "",
  );
};
describe("pages", () => {
  test("are read to the end; what a run needs of each workload is known without a call for it", async () => {
    const { discovery, scaler, server } = await open((_path, query) => paged(query));
    const found = await discovery.find([discoverySelector()]);
    expect(names(found)).toEqual(NAMES);
    expect(found.failures).toEqual([]);
    expect(found.workloads[0]!.annotations).toEqual({ "prophet-autoscaler/target-cpu": "1" });
    expect(server.seen.map(({ url }) => new URL(url, "http://x").searchParams.get("limit"))).toEqual([
      "500",
      "500",
      "500",
    ]);
    expect(server.seen[0]!.url).toContain("labelSelector=prophet-autoscaler%2Fenabled%3Dtrue");
    const asked = server.seen.length;
    expect(await scaler.read(target("g"))).toMatchObject({ replicas: 3, conditions: { paused: false } });
    expect(server.seen).toHaveLength(asked);
  });

  test("that expire on the way are begun again, and no workload is there twice", async () => {
    let expired = 0;
    const { discovery, server } = await open((_path, query) =>
      query.get("continue") === "3" && expired++ === 0 ? statusReply(410, "Expired") : paged(query),
    );
    expect(names(await discovery.find([discoverySelector()]))).toEqual(NAMES);
    expect(server.seen).toHaveLength(5);
  });

  test("that are begun again tell what is there now, and not what was there before", async () => {
    let expired = false;
    const { discovery } = await open((_path, query) => {
      if (query.get("continue") === "3" && !expired) {
        expired = true;
        return statusReply(410, "Expired");
      }
      return expired ? listReply([web("b")]) : paged(query);
    });
    expect(names(await discovery.find([discoverySelector()]))).toEqual(["b"]);
  });

  test("that expire again and again are given up, and that is said", async () => {
    const { discovery, server } = await open((_path, query) =>
      query.has("continue") ? statusReply(410, "Expired") : paged(query),
    );
    const found = await discovery.find([discoverySelector()]);
    expect(found.failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Deployments in namespace shop could not be listed: GET .*410 Expired/),
    ]);
    expect(server.seen).toHaveLength(6);
  });

  test("of many namespaces are asked for three at a time: while they are parsed each takes several times its size", async () => {
    const namespaces = Array.from({ length: 12 }, (_, i) => `team-${i}`);
    let [under, most] = [0, 0];
    const { discovery } = await open(async () => {
      most = Math.max(most, ++under);
      // long enough for a fourth to come, if it were sent
      await turnsPass(1000);
      under--;
      return listReply([]);
    });
    expect((await discovery.find([discoverySelector({ namespaces })])).lists).toBe(12);
    expect(most).toBe(3);
  });

  test("that are throttled are asked for again when the server says", async () => {
    const { discovery, pauses } = await open((_path, query, n) =>
      n === 2 ? statusReply(429, "TooManyRequests", { "retry-after": "1" }) : paged(query),
    );
    expect(names(await discovery.find([discoverySelector()]))).toEqual(NAMES);
    expect(pauses).toEqual([1000]);
  });

  test("that are throttled for longer than there is time are a failure of that list", async () => {
    const { discovery } = await open(() => statusReply(429, "TooManyRequests", { "retry-after": "60" }));
    const found = await discovery.find([discoverySelector()]);
    expect(found).toMatchObject({ workloads: [] });
    expect(found.failures[0]!.message).toMatch(/429 TooManyRequests/);
  });

  test("too large for an answer are asked for smaller, until they fit", async () => {
    const limits: string[] = [];
    const { discovery } = await open((_path, query) => {
      limits.push(query.get("limit") ?? "");
      return Number(query.get("limit")) > 40 ? { body: "x".repeat(9 * 1024 * 1024) } : paged(query);
    });
    expect(names(await discovery.find([discoverySelector()]))).toEqual(NAMES);
    expect(limits).toEqual(["500", "125", "32", "32", "32"]);
  });

  test("without end are given up", async () => {
    const { discovery } = await open(() => listReply([], "again"));
    const { failures } = await discovery.find([discoverySelector()]);
    expect(failures[0]!.message).toMatch(/there are more than 1000 pages/);
  });

  test("after the first of which the rest fails: what came is there, and that it is not all", async () => {
    const { discovery } = await open((_path, query) =>
      query.has("continue") ? statusReply(403, "Forbidden") : paged(query),
    );
    const found = await discovery.find([discoverySelector()]);
    expect(names(found)).toEqual(["a", "b", "c"]);
    expect(found.failures).toHaveLength(1);
  });
});
