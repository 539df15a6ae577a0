/** The benches by name, and how one is run: what a mistake or `--help` gives. */
import { CommandError, UsageError } from "../job/cli/io.ts";
import { Interrupted, say } from "../scripts/waiting.ts";
import { HelpRequest } from "./flags.ts";

/** A bench's module. `main` throws UsageError for wrong flags, CommandError where it cannot run here. */
interface Bench {
  readonly main: (args: readonly string[]) => Promise<void> | void;
}

/** Benches by name; each is loaded only when it is asked for. */
export const BENCHES: Readonly<Record<string, { readonly about: string; readonly load: () => Promise<Bench> }>> = {
  accuracy: { about: "forecast errors of ours and of others over all series", load: () => load("accuracy") },
  ablation: {
    about: "what each model and mechanism of the forecaster is worth, with its spread",
    load: () => load("ablation"),
  },
  advise: {
    about: "what advise promised on the earlier half of a history, and what that did on the later one",
    load: () => load("advise"),
  },
  faults: {
    about: "every fault on real servers, as the real process, with every promise checked",
    load: () => load("faults"),
  },
  fleet: {
    about:
      "runs over 100, 1,000, 3,000 and 10,000 targets on real servers: time, memory, requests, and what breaks first",
    load: () => load("fleet"),
  },
  hourly: {
    about: "one process that decides every minute beside a process for each minute: CPU of the job and of Prometheus",
    load: () => load("hourly"),
  },
  mutation: {
    about: "small breaks of the rooms that decide, and how many a unit test notices",
    load: () => load("mutation"),
  },
  policy: { about: "cost and misses of our decisions and of others over all series", load: () => load("policy") },
  speed: {
    about: "time and memory of a cold run over real servers and over a file, and of a forecast in a warm process",
    load: () => load("speed"),
  },
};

async function load(name: string): Promise<Bench> {
  return (await import(`./${name}.ts`)) as Bench;
}

/** Runs the bench that the first argument names. Gives the exit code: 2 for a mistake, 1 where it cannot run, or undefined where the bench sets its own. */
export async function runBench([name = "", ...args]: readonly string[]): Promise<number | undefined> {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    const lines = Object.entries(BENCHES).map(([key, { about }]) => `  ${key.padEnd(9)} ${about}`);
    const list = `${lines.join("\n")}\n\n\`npm run bench -- NAME --help\` lists the flags of one.`;
    if (name === "--help" || name === "-h") {
      say(list);
      return undefined;
    }
    console.error(`${name === "" ? "Which bench?" : `${JSON.stringify(name)} is not a bench.`}\n${list}`);
    return 2;
  }
  try {
    await (await bench.load()).main(args);
  } catch (error) {
    if (error instanceof HelpRequest) say(`${bench.about}\n${error.message}`);
    else if (error instanceof Interrupted) say(error.message, console.error);
    else if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
    else {
      console.error(`${name}: ${error.message}`);
      return error instanceof UsageError ? 2 : 1;
    }
  }
  return undefined;
}
