/** Runs kubectl as a child process: its answers, its own words where it fails, and a forwarded port. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { CommandError } from "../io.ts";

/** Runs kubectl with the user's connection, and resolves to its stdout. Rejects with a CommandError that has kubectl's message. */
export type Kubectl = (args: readonly string[]) => Promise<string>;

/** A local port that leads to a Service. */
export interface Forwarded {
  readonly port: number;
  /** Resolves when the child has ended: nothing is left behind. */
  end(): Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** A `kubectl get` that takes longer has lost its server, and a child that was told to end hangs. */
const TIMEOUT_MS = 30_000;

function failed(args: readonly string[], said: string, cause?: unknown): CommandError {
  return new CommandError(`kubectl ${args.join(" ")}: ${said.trim()}`, { cause });
}

/** kubectl with a connection: --context and --kubeconfig. */
export function kubectlWith(connection: readonly string[], env: Env): Kubectl {
  return (args) =>
    new Promise((resolve, reject) => {
      const options = { env, timeout: TIMEOUT_MS, maxBuffer: 64 << 20 };
      execFile("kubectl", [...args, ...connection], options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(failed(args, stderr || error.message, error));
      });
    });
}

/** Forwards a free port of the loopback to a Service until end(). Rejects with CommandError. */
export async function forward(
  { namespace, service, port }: { readonly namespace: string; readonly service: string; readonly port: number },
  connection: readonly string[],
  env: Env,
): Promise<Forwarded> {
  const args = ["port-forward", `service/${service}`, `:${port}`, "--namespace", namespace, "--address", "127.0.0.1"];
  const child = spawn("kubectl", [...args, ...connection], { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const late = setTimeout(() => child.kill(), TIMEOUT_MS);
  const ended = once(child, "close").then(
    () => null,
    (error: Error) => {
      said ||= error.message;
      return null;
    },
  );
  const end = async () => {
    child.kill();
    const hangs = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    await ended;
    clearTimeout(hangs);
  };
  try {
    const firstLine = once(createInterface({ input: child.stdout }), "line").then(([line]) => String(line));
    const line = await Promise.race([firstLine, ended]);
    const [, local] = /127\.0\.0\.1:(\d+)/.exec(line ?? "") ?? [];
    if (local === undefined) throw failed(args, said || line || "no port was forwarded");
    // its later lines are nobody's
    child.stdout.resume();
    return { port: Number(local), end };
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    clearTimeout(late);
  }
}
