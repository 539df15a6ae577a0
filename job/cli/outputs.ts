/** Writes a command's files beside its answer: refused before the work where impossible, only reported where they fail after it. */
import { constants, mkdir, open, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { fileProblem } from "../output/file-problem.ts";
import { type Flags, type Io, UsageError } from "./io.ts";

/** Flags that name a file to write. */
export type OutputFlag = "svg" | "report" | "dump";

/** The message about a written file. */
const WRITTEN: Readonly<Record<OutputFlag, string>> = { svg: "picture", report: "report", dump: "rows" };

/** File extensions that a flag accepts, with their formats; other flags accept any. */
const ENDS: Readonly<Partial<Record<OutputFlag, readonly string[]>>> = {
  svg: [".svg", ".png"],
  report: [".html", ".htm"],
};

/** Runs an output in addition to the work. If it throws, the error goes to stderr and changes neither the work nor the exit code. */
export async function tryOutput(io: Io, what: string, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    io.err(`prophet-autoscaler: ${what} could not be written: ${fileProblem(error)}\n`);
  }
}

/** Writes `make()` into the file, if the flag names one, and says so; never throws. `path` replaces the flag's own. */
export async function writeOutput(
  io: Io,
  flags: Flags,
  flag: OutputFlag,
  make: () => string | Uint8Array | Promise<string | Uint8Array>,
  path = flags[flag],
): Promise<void> {
  if (typeof path !== "string") return;
  await tryOutput(io, path, async () => {
    const content = await make();
    // held open so, a pipe that nobody reads is an error and is not waited for
    const held = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK);
    await writeFile(path, typeof content === "string" ? io.redactor(content) : content).finally(() => held.close());
    (flags.json === true ? io.err : io.out)(`${WRITTEN[flag]}: ${path}\n`);
  });
}

/**
 * Tries every file that the flags name, and makes their folders, before any work.
 * Throws UsageError for an invalid name, and for a file that cannot be written. With `warn` the latter is only reported, where the work is
 * more than its files.
 */
export async function checkOutputs(
  flags: Flags,
  names: readonly OutputFlag[],
  warn?: (problem: string) => void,
): Promise<void> {
  const seen = new Map<string, string>();
  if (typeof flags.file === "string") seen.set(resolve(flags.file), "the series that is read");
  if (typeof flags["history-file"] === "string") seen.set(resolve(flags["history-file"]), "--history-file");
  for (const flag of names) {
    const path = flags[flag];
    if (typeof path !== "string") continue;
    const problem = seen.get(resolve(path)) ?? null;
    if (problem !== null)
      throw new UsageError(`--${flag}: ${JSON.stringify(path)} is also ${problem}; name another file.`);
    seen.set(resolve(path), `--${flag}`);
    checkName(flag, path);
    const cannot = await whyNot(flag, path);
    if (cannot === null) continue;
    if (warn === undefined) throw new UsageError(cannot);
    warn(cannot);
  }
}

function checkName(flag: OutputFlag, path: string): void {
  const ends = ENDS[flag];
  const end = extname(path).toLowerCase();
  if (ends !== undefined && !ends.includes(end)) {
    throw new UsageError(`--${flag}: must be a name that ends in ${ends.join(" or ")}, got ${JSON.stringify(path)}.`);
  }
}

/**
 * Why a file cannot be written; null if it can. Opens the file for writing, and removes it if it is new: the only reliable test for all rights
 * and disks. A pipe is not tried: its reader would take the trial for the end.
 */
async function whyNot(flag: OutputFlag, path: string): Promise<string | null> {
  try {
    if (extname(path).toLowerCase() === ".png") await (await import("../report/png.ts")).needResvg();
  } catch (error) {
    return `--${flag}: ${error instanceof Error ? error.message : String(error)}`;
  }
  try {
    await makeFolder(dirname(path));
    const there = await stat(path).catch(() => null);
    if (there?.isFIFO()) return null;
    await (await open(path, "a")).close();
    if (there === null) await rm(path);
    return null;
  } catch (error) {
    return `--${flag}: ${JSON.stringify(path)} cannot be written: ${fileProblem(error)}. Name a file in a folder that can be written.`;
  }
}

/** Makes a folder and those above it. Not by mkdir's own `recursive`: below /proc that never ends. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}
