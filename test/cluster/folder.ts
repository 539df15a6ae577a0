/** A temporary folder that is removed with this process, however that ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface PassingFolder {
  readonly dir: string;
  /** May be called twice. */
  remove(): Promise<void>;
}

/** A server that the kernel kills with this process may still write for a moment: hence the pause, and more than one try. */
const KEEPER = 'cat >/dev/null; for _ in 1 2 3 4 5; do sleep 0.1; rm -rf -- "$1" && break; done';

/** Makes one below the system's. A shell in a session of its own, which no Ctrl-C reaches, removes it at the end of its stdin. */
export async function passingFolder(prefix: string): Promise<PassingFolder> {
  const dir = await mkdtemp(join(tmpdir(), prefix));
  const keeper = spawn("sh", ["-c", KEEPER, "keeper", dir], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  const closed = once(keeper, "close");
  return {
    dir,
    remove: async () => {
      keeper.stdin.end();
      await closed;
    },
  };
}
