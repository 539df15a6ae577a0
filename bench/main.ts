/** `npm run bench -- NAME`: finds and runs a bench; each prints a table and rewrites its page under docs/. */
import { Interrupted, say } from "../scripts/waiting.ts";

/** A bench's module. */
interface Bench {
  readonly main: (args: readonly string[]) => Promise<void> | void;
}

/** Benches by name; each is loaded only when it is asked for. */
const BENCHES: Readonly<Record<string, { readonly about: string; readonly load: () => Promise<Bench> }>> = {
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

const [name = "", ...args] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench === undefined) {
  const list = Object.entries(BENCHES).map(([key, { about }]) => `  ${key.padEnd(9)} ${about}`);
  console.error(`${name === "" ? "Which bench?" : `${JSON.stringify(name)} is not a bench.`}\n${list.join("\n")}`);
  process.exitCode = 2;
} else {
  try {
    await (await bench.load()).main(args);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    say(error.message, console.error);
  }
}
