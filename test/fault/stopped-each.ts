/** Fake servers of one test file, stopped after each of its tests. */
import { afterEach } from "vitest";
import { type FakeServer, fakeServer } from "./server.ts";

/** `serve` starts a server; `stops` takes what else is to end after the test. */
export function stoppedEach() {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  const serve = async (reply: Parameters<typeof fakeServer>[0]): Promise<FakeServer> => {
    const server = await fakeServer(reply);
    stops.push(server.stop);
    return server;
  };
  return { stops, serve };
}
