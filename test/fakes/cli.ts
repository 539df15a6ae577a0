/** The command line within this process: what a line prints, and its exit code. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../../job/cli/program.ts";
import { QUIET } from "./io.ts";

/** When the wave begins, unix seconds. */
export const WAVE_START = 1_700_000_000;

/** Writes 3 hours of a wave of 300 s, step 15 s: 300 +- 200 milli-cores; gives the file's name. */
export function waveFile(folder: string): string {
  const path = join(folder, "wave.csv");
  const rows = Array.from(
    { length: 720 },
    (_, i) => `${WAVE_START + 15 * i},${(0.3 + 0.2 * Math.sin((2 * Math.PI * i) / 20)).toFixed(4)}`,
  );
  writeFileSync(path, `timestamp,value\n${rows.join("\n")}\n`);
  return path;
}

/** Runs a line of words. */
export async function cli(line: string, env: Record<string, string> = {}) {
  let out = "";
  let err = "";
  const io = {
    argv: line.split(" ").filter((w) => w !== ""),
    env,
    version: "1.2.3",
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    ...QUIET,
  };
  const code = await runCli(io);
  return { code, out, err };
}
