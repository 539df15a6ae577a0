/** Loads the built program with the code that V8 compiled in an earlier run, and keeps that of this run for the next one. */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
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

/**
 * Loads it as a module, where a source map lies beside it; else undefined. Node takes no source map of a script, and a stack should name the
 * sources where Node is told to.
 */
export function loadMapped<T>(file: string): Loaded<T> | undefined {
  if (!existsSync(`${file}.map`)) return undefined;
  const require = createRequire(file);
  const module = { exports: {} };
  (require(file) as Wrapper)(module.exports, require, module, file);
  return { program: module.exports as T, cache: "not initialized", keep: () => {} };
}

/**
 * Whether compiled code may be kept in this folder, or below it once Node has made it. Under /tmp anybody may have made it first, and Node runs
 * what lies there. `user` is the id of who runs it; absent where the system has none.
 */
export function isTrustedFolder(folder: string, user: number | undefined): boolean {
  try {
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found === undefined || user === undefined) return true;
    return isTrusted(found.uid, user) && (found.mode & constants.S_IWOTH) === 0;
  } catch {
    return false;
  }
}

/**
 * The cache is a file of this user or of root, as in the image: the folder may be under /tmp, and V8 runs what it is given. To open a pipe
 * without a writer would wait for ever.
 */
function read(file: string, user: number | undefined): Buffer | undefined {
  try {
    const open = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = fstatSync(open);
      return found.isFile() && isTrusted(found.uid, user) ? readFileSync(open) : undefined;
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

/** How old the unfinished file of a run is that was ended while it wrote, in ms: a write takes 10. */
const ABANDONED = 60_000;

/**
 * Under another name first, so that nobody reads half of it. It is one name for all runs: one that was ended while it wrote leaves one file.
 * The code is made only where it can be written: that takes 10 ms.
 */
function write(file: string, script: Script): void {
  const unfinished = `${file}.unfinished`;
  const open = create(unfinished);
  if (open === undefined) return;
  try {
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

/** The file, open for its one writer; undefined where another run writes it, or it cannot be written. One that was abandoned is removed for the next run. */
function create(unfinished: string): number | undefined {
  try {
    return openSync(unfinished, "wx");
  } catch {
    const found = changed(unfinished);
    if (found !== undefined && Date.now() - found > ABANDONED) tidy(unfinished);
    return undefined;
  }
}

/** When a file was changed, in ms. */
function changed(file: string): number | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  } catch {
    return undefined;
  }
}

function tidy(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // where a folder cannot be written, nothing was
  }
}
