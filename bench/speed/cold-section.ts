/** The section of docs/speed.md on a cold run without network: `--once` beside bare Node and Python with Prophet. */
import { join } from "node:path";
import { originalFit } from "./original.ts";
import { against, type Contestant, plainEnv, pythonWith, race, raceTable, tellingNode } from "./processes.ts";

const ROOT = join(import.meta.dirname, "../..");
const JOB = join(ROOT, "dist/job.js");
const SERIES = join(ROOT, "fixtures/recorded/sine.json");
const SETTINGS = ["--target-cpu", "0.05", "--min", "1", "--max", "10", "--dry-run", "--json"];
const RUN = [JOB, "--once", "--history-file", SERIES, ...SETTINGS];

async function contestants(folder: string): Promise<readonly Contestant[]> {
  const node = process.execPath;
  const preload = tellingNode(folder);
  const ours = (name: string, args: readonly string[], env: Readonly<Record<string, string>>): Contestant => ({
    name,
    command: node,
    args,
    telling: [...preload, ...args],
    env: plainEnv(env),
  });
  const cache = { NODE_COMPILE_CACHE: join(folder, "compiled") };
  const all = [
    ours("`node -e 0`", ["-e", "0"], {}),
    ours("a run (`--once`, 120 points)", RUN, cache),
    ours("a run, no compile cache", RUN, { NODE_DISABLE_COMPILE_CACHE: "1" }),
    ours("`--version`", [JOB, "--version"], cache),
  ];
  const python = await pythonWith(["prophet"]);
  if (python === null) {
    console.error(
      "Python with prophet is not here, so its row is left out: pip install prophet, or PYTHON=/path/to/python.",
    );
    return all;
  }
  const args = ["-c", originalFit(), SERIES];
  return [
    ...all,
    { name: "Python: import prophet, fit, predict", command: python, args, telling: args, env: plainEnv() },
  ];
}

/** Times the processes `rounds` times each. `folder` takes their files. Returns the section as Markdown. */
export async function coldSection(folder: string, rounds: number): Promise<string> {
  const rows = await race(await contestants(folder), rounds);
  const python = rows.find((r) => r.name.startsWith("Python"));
  const words =
    python === undefined ? "Python with prophet was not on this machine." : against("Python", python, rows[1]!);
  return `## Cold, from a file

One whole process, from its start to its end, without network: read a recorded history of half an hour (120 points), fit all models, backtest them, decide, print JSON.

${raceTable(rows)}

${words}
`;
}
