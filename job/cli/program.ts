/** Finds and runs the command, and turns errors into messages and exit codes (0 done, 1 failed, 2 usage). */
import { ConfigError } from "../config/load.ts";
import { type Command, CommandError, guarded, type Process, UsageError } from "./io.ts";
import { checkNumbers } from "./option-values.ts";
import type { CommandSpec } from "./options.ts";
import { parseQuickly } from "./quick.ts";
import { withoutEffect } from "./without-effect.ts";

/** Each command is evaluated only when it is chosen: a run must not load the replay. */
const LOAD: Readonly<Record<CommandSpec["name"], () => Promise<Command>>> = {
  run: async () => (await import("./run-command.ts")).runCommand,
  replay: async () => (await import("./replay-command.ts")).replayCommand,
  backtest: async () => (await import("./backtest-command.ts")).backtestCommand,
  advise: async () => (await import("./advise-command.ts")).adviseCommand,
  explain: async () => (await import("./explain-command.ts")).explainCommand,
  history: async () => (await import("./history-command.ts")).historyCommand,
  doctor: async () => (await import("./doctor-command.ts")).doctorCommand,
  schema: async () => (await import("./schema-command.ts")).schemaCommand,
  completion: async () => (await import("./completion-command.ts")).completionCommand,
};

/** Runs the command line. Never throws for expected errors. */
export async function runCli(outside: Process): Promise<number> {
  // the first word that job/kubectl-prophet.ts puts before the others
  if (outside.argv[0] === "kubectl") {
    const { kubectlPlugin } = await import("./kubectl/plugin.ts");
    const code = await kubectlPlugin({ ...outside, argv: outside.argv.slice(1) }, runCli);
    // what failed has said why
    return code === 0 ? delivered(0, outside) : code;
  }
  const io = guarded(outside);
  try {
    // yargs costs 45 ms of CPU; a plain run every minute does without, everything else (and every mistake) goes to it
    const chosen = parseQuickly(io.argv) ?? (await import("./parse.ts")).parse(io);
    if (typeof chosen === "string") {
      io.out(chosen);
      return delivered(0, io);
    }
    const { spec, flags } = chosen;
    checkNumbers(spec, flags);
    for (const line of withoutEffect(chosen, io.env)) io.err(`prophet-autoscaler: ${line}\n`);
    const code = await (await LOAD[spec.name]())(flags, io);
    const answered = await delivered(code, io);
    // what a run did decides its code; the other commands do nothing but answer
    return spec.name === "run" ? code : answered;
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      io.err(`prophet-autoscaler: ${error.message}\n`);
      return 2;
    }
    io.err(`prophet-autoscaler: ${error instanceof CommandError ? error.message : failureText(error)}\n`);
    return 1;
  }
}

/** The exit code once the answer is written: at least 1 where it could not be, which is said. */
async function delivered(code: number, { flush, err }: Pick<Process, "flush" | "err">): Promise<number> {
  const lost = await flush();
  if (lost === null) return code;
  err(`prophet-autoscaler: the answer could not be written: ${lost.message}\n`);
  return Math.max(code, 1);
}

/** Errors of the adapters: their messages say what was asked and what came back. By name, since nothing here may load them. */
const FOR_PEOPLE = /^(History|Cluster|Transport|Discovery)Error$/;

function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (FOR_PEOPLE.test(error.name)) return error.message;
  return `${error.name}: ${error.message}${error.cause instanceof Error ? `\n  caused by ${error.cause.message}` : ""}`;
}
