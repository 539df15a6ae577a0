/** Loads the built program with the code that V8 compiled in an earlier run, and keeps that of this run for the next one. */
import { closeSync, fstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";

/** What the file of a bundle is: the function that CommonJS runs. */
type Wrapper = (exports: object, require: NodeJS.Require, module: { exports: object }, filename: string) => void;

/** A program that was loaded. */
export interface Loaded<T> {
  readonly program: T;
  /** What V8 did with the code that was kept: `accepted`, `rejected` as of another Node or other flags, or there was none. */
  readonly cache: "accepted" | "rejected" | "not initialized";
  /** Keeps the code of this run, where none could be used. Never throws: a read-only disk only means that it is not kept. */
  keep(): void;
}

/**
 * Loads the program in `file`. `cache` is the file of the compiled code, named by the program's own text, since V8 compares no more than its
 * length; null: nothing is read or kept. Node's own compile cache has only what V8 compiles at load. A run then compiled 1053 more functions,
 * which took a sixth of its CPU time. `user` is the id of who runs it; absent where the system has none.
 */
export function loadProgram<T>(file: string, cache: string | null, user: number | undefined): Loaded<T> {
  const kept = cache === null ? undefined : read(cache, user);
  const cachedData = kept === undefined ? undefined : wholeOf(kept);
  // its text is ASCII (test/bundle.test.ts), and this is the fast way to read it
  const script = new Script(readFileSync(file, "latin1"), {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  const accepted = cachedData !== undefined && script.cachedDataRejected === false;
  const module = { exports: {} };
  (script.runInThisContext() as Wrapper)(module.exports, createRequire(file), module, file);
  return {
    program: module.exports as T,
    cache: accepted ? "accepted" : kept === undefined ? "not initialized" : "rejected",
    keep: () => {
      if (cache !== null && !accepted) write(cache, script);
    },
  };
}

/** The cache is a file of this user or of root, as in the image: the folder may be under /tmp, and V8 runs what it is given. */
function read(file: string, user: number | undefined): Buffer | undefined {
  try {
    const open = openSync(file, "r");
    try {
      return isTrusted(fstatSync(open).uid, user) ? readFileSync(open) : undefined;
    } finally {
      closeSync(open);
    }
  } catch {
    return undefined;
  }
}

/** Windows knows no user ids. */
const isTrusted = (owner: number, user: number | undefined) => [0, user ?? owner].includes(owner);

/** Bytes of the check sum behind the code. V8 makes none of its own, and runs whatever it is given. */
const SUM = 4;

/** The code in a file of the cache; undefined where the file is damaged. */
function wholeOf(kept: Buffer): Buffer | undefined {
  if (kept.length < SUM) return undefined;
  const code = kept.subarray(0, -SUM);
  return crc32(code) === kept.readUInt32LE(code.length) ? code : undefined;
}

/** Under another name first, so that nobody reads half of it. The code is made only where it can be written: that takes 10 ms. */
function write(file: string, script: Script): void {
  const unfinished = `${file}.${Math.random().toString(36).slice(2)}`;
  try {
    const open = openSync(unfinished, "wx");
    try {
      const code = script.createCachedData();
      const sum = Buffer.alloc(SUM);
      sum.writeUInt32LE(crc32(code));
      writeFileSync(open, Buffer.concat([code, sum]));
    } finally {
      closeSync(open);
    }
    renameSync(unfinished, file);
  } catch {
    tidy(unfinished);
  }
}

function tidy(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // where a folder cannot be written, nothing was
  }
}
