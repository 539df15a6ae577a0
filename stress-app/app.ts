/** One running stress-app: pool, metrics and server, with an orderly end. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createBurnPool } from "./burn-pool.ts";
import { createStressServer } from "./http.ts";
import { createMetrics } from "./metrics.ts";
import type { ServerOptions } from "./options.ts";

/** A stress-app that listens. */
export interface StressApp {
  readonly url: string;
  readonly port: number;
  /** Stops accepting, waits at most `drainSeconds` for what runs and waits; true when all of it finished. */
  drain(): Promise<boolean>;
}

/** Starts a stress-app and resolves when it listens. Rejects when the address is taken. */
export async function startStressApp(options: ServerOptions): Promise<StressApp> {
  const pool = createBurnPool(options.workers, options.queue);
  let draining = false;
  const server = createStressServer(pool, createMetrics(pool), () => draining);
  try {
    server.listen(options.port, options.host);
    await once(server, "listening");
  } catch (error) {
    await pool.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;

  async function drain(): Promise<boolean> {
    draining = true;
    const closed = once(server, "close");
    server.close();
    server.closeIdleConnections();
    const finished = await pool.idle(options.drainSeconds);
    await pool.close();
    // Answers of finished burns leave in this or the next turn of the loop; connections that stay open are cut after it.
    const cut = setTimeout(() => server.closeAllConnections(), 200);
    await closed;
    clearTimeout(cut);
    return finished;
  }
  return { url: `http://${host}:${port}`, port, drain };
}
