/** Runs a `hold` script whose servers live exactly as long as this process keeps the script's stdin open. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** One running `hold` script. */
export interface Holder {
  readonly pid: number;
  /** The words after `ready` in the script's first answer. */
  readonly ready: readonly string[];
  /** Sends one line and waits for its `ok ...`; rejects on `failed ...` with what the script wrote to stderr. */
  command(line: string): Promise<void>;
  /** Ends the servers and waits until they are gone. May be called twice. */
  end(): Promise<void>;
}

/** The folder of the scripts. */
export const clusterDir = fileURLToPath(new URL(".", import.meta.url));

/**
 * Starts `SCRIPT hold` and waits for its `ready` line. The script sees the end of its stdin when this process ends, also by SIGKILL,
 * and then stops everything; it runs in a session of its own, so that a Ctrl-C at the terminal reaches it only that way.
 */
export async function hold(script: string, env: Readonly<Record<string, string>>): Promise<Holder> {
  const child = spawn(`${clusterDir}${script}`, ["hold"], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  const said = collect(child);
  const closed = once(child, "close");
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const answer = async (what: string): Promise<string> => {
    const next = await lines.next();
    if (next.done) throw new Error(`${script} ended at ${what}: ${said()}`);
    if (next.value.startsWith("failed")) throw new Error(`${script} ${what}: ${next.value}: ${said()}`);
    return next.value;
  };
  const end = async (): Promise<void> => {
    child.stdin?.end();
    await closed;
  };
  try {
    const [, ...ready] = (await answer("start")).split(" ");
    return {
      pid: child.pid!,
      ready,
      command: async (line) => {
        child.stdin!.write(`${line}\n`);
        await answer(line);
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Keeps the last 4000 characters of a child's stderr. */
function collect(child: ChildProcess): () => string {
  let text = "";
  child.stdin?.on("error", () => {}); // the script has ended already: `answer` reports it
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  return () => text.trim();
}
