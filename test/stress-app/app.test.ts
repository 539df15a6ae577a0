/** Tests of a real server in this process: routes, refusals, the bounded queue, the drain. */

import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { LONG_BURN, parseMetrics, sample, startApp, until } from "./helpers.ts";

const burn = (url: string, seconds: number): Promise<Response> => fetch(`${url}/stress?intensity=${seconds}`);

describe("routes", () => {
  it("answers /, /healthz and a short burn", async () => {
    const { url } = await startApp();
    expect((await fetch(url)).status).toBe(200);
    expect(await (await fetch(`${url}/healthz`)).text()).toBe("ok\n");
    const answer = await burn(url, 0.01);
    expect([answer.status, await answer.text()]).toEqual([200, "burned 0.01 s\n"]);
  });

  it("gives every request its code: 400 with the range, 404, 405", async () => {
    const { url } = await startApp();
    for (const query of ["intensity=abc", "intensity=-1", "intensity=NaN", "intensity=61", "intensity=1&intensity=1"]) {
      const answer = await fetch(`${url}/stress?${query}`);
      expect([query, answer.status, await answer.text()]).toEqual([query, 400, expect.stringContaining("0 to 60")]);
    }
    expect((await fetch(`${url}/stres`)).status).toBe(404);
    const post = await fetch(`${url}/stress`, { method: "POST", body: "x" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await fetch(`${url}/healthz`, { method: "HEAD" })).status).toBe(200);
  });

  it("survives a target that is no path", async () => {
    const { url, port } = await startApp();
    const call = request({ host: "127.0.0.1", port, path: "//" }).end();
    const [answer] = (await once(call, "response")) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(400);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe("burning", () => {
  it("leaves /healthz and /metrics answering meanwhile", async () => {
    const { url, drain } = await startApp();
    let done = false;
    const burning = burn(url, LONG_BURN).finally(() => {
      done = true;
    });
    await until(url, "stress_workers_busy", 1);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(done).toBe(false);
    expect(await drain()).toBe(false);
    expect((await burning).status).toBe(503);
  });

  it("answers 503 with Retry-After once the queue is full, and only then", async () => {
    const { url, drain } = await startApp({ workers: 1, queue: 1 });
    const running = burn(url, LONG_BURN);
    await until(url, "stress_workers_busy", 1);
    const waiting = burn(url, LONG_BURN);
    await until(url, "stress_queue_length", 1);
    const refused = await burn(url, LONG_BURN);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    await drain();
    expect([(await running).status, (await waiting).status]).toEqual([503, 503]);
  });

  it("forgets a waiting burn whose client left", async () => {
    const { url } = await startApp({ workers: 1, queue: 1 });
    const running = burn(url, LONG_BURN).catch(() => undefined);
    await until(url, "stress_workers_busy", 1);
    const leave = new AbortController();
    const waiting = fetch(`${url}/stress?intensity=${LONG_BURN}`, { signal: leave.signal });
    await until(url, "stress_queue_length", 1);
    leave.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
    await until(url, "stress_queue_length", 0);
    expect(await sample(url, 'http_request_duration_seconds_count{route="/stress",code="499"}')).toBe(1);
    void running;
  });

  it("works off the queue in order with one worker", async () => {
    const { url } = await startApp({ workers: 1, queue: 8 });
    const codes = await Promise.all(Array.from({ length: 6 }, () => burn(url, 0.02)));
    expect(codes.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200, 200]);
  });
});

describe("metrics", () => {
  it("parses, counts by route and code, and puts unknown paths under one label", async () => {
    const { url } = await startApp();
    for (const path of ["/healthz", "/healthz", "/stress?intensity=x", "/a", "/b"])
      await (await fetch(url + path)).text();
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const samples = parseMetrics(await answer.text());
    const count = (route: string, code: number) =>
      samples.get(`http_request_duration_seconds_count{route="${route}",code="${code}"}`);
    expect([count("/healthz", 200), count("/stress", 400), count("other", 404), count("/a", 404)]).toEqual([
      2,
      1,
      2,
      undefined,
    ]);
    expect(samples.get("process_cpu_seconds_total")).toBeGreaterThan(0);
    expect([samples.get("stress_queue_length"), samples.get("stress_workers_busy")]).toEqual([0, 0]);
  });
});

describe("drain", () => {
  it("finishes what runs and waits, then listens no more", async () => {
    const { url, drain } = await startApp({ workers: 1, queue: 4, drainSeconds: 25 });
    // the first lasts until the second is seen to wait, on a busy machine too
    const burns = [burn(url, 1), burn(url, 0.05)];
    await until(url, "stress_queue_length", 1);
    expect(await drain()).toBe(true);
    expect(await Promise.all(burns.map(async (b) => (await b).status))).toEqual([200, 200]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});

describe("start", () => {
  it("rejects when the port is taken, leaving no thread behind", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    await expect(startApp({ port: (other.address() as AddressInfo).port })).rejects.toThrow(/EADDRINUSE/);
    other.close();
  });
});
