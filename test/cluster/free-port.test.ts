/** Ports for servers of other processes are none that the kernel may give to a connection before the server has begun. */
import { expect, test } from "vitest";
import { freePort } from "./prometheus.ts";

test("a free port lies below the range of outgoing connections", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, freePort));
  for (const port of ports) expect(port).toBeLessThan(32_768);
  expect(new Set(ports).size).toBeGreaterThan(10);
});
