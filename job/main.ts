#!/usr/bin/env node
/** The entry: hands an old Node's work to the one of the packages, or refuses it; turns on the compile cache, hands argv and environment to the command line. The only file that touches `process`. */
import module from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTrustedFolder, type Loaded, loadMapped, loadProgram } from "./compiled.ts";

declare const PROPHET_AUTOSCALER_VERSION: string | undefined;
/** In the bundle: a word that stands for the text of its program. */
declare const PROPHET_AUTOSCALER_PROGRAM: string | undefined;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

// agents that go through a proxy (job/adapters/http/pool.ts) came with 22.21 and 24.5
if (major < 22 || (major === 22 && minor < 21) || major === 23 || (major === 24 && minor < 5)) {
  process.exitCode = (await runBeside()) ?? refuse();
} else {
  // compiled code is kept between runs (about 60 ms of a cold start); a read-only disk only means that it is not
  if (process.env.NODE_COMPILE_CACHE || isTrustedFolder(join(tmpdir(), "node-compile-cache"), process.getuid?.()))
    module.enableCompileCache?.();
  // a closed pipe (`| head`) is the reader's choice, not a failure
  let lost: Error | null = null;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") lost ??= error;
  });
  // a closed pipe or a full disk under the log must not end a run between its claim and its scale; nobody is left to tell
  process.stderr.on("error", () => {});
  const dumb = process.env.TERM === "dumb";
  // loaded only now: an old Node must not parse the rest
  const { program, cache, keep } = await load();
  if (process.env.NODE_DEBUG_NATIVE?.includes("COMPILE_CACHE"))
    process.stderr.write(`[compile cache] the program's code was ${cache}\n`);
  const { runCli } = program;
  const exitCode = await runCli({
    argv: process.argv.slice(2),
    env: process.env,
    version: typeof PROPHET_AUTOSCALER_VERSION === "string" ? PROPHET_AUTOSCALER_VERSION : "development",
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    // a terminal without a size says 0
    columns: process.stdout.columns || Number(process.env.COLUMNS) || Number.POSITIVE_INFINITY,
    color: process.stdout.isTTY === true && !process.env.NO_COLOR && !dumb,
    unicode: !dumb,
    errColumns: process.stderr.isTTY === true && !dumb ? process.stderr.columns || null : null,
    interruption: () => {
      const stop = new AbortController();
      process.once("SIGINT", () => stop.abort());
      return stop.signal;
    },
    // the stream reports its error a turn after the write that failed
    flush: () => new Promise((done) => process.stdout.write("", () => setImmediate(() => done(lost)))),
  });
  module.flushCompileCache?.();
  if (exitCode === 0) keep();
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write("", done))));
  end(exitCode);
}

/**
 * The same by the Node that comes with a checkout's packages, which gets the signals of this one and never outlasts it by them.
 * Gives its exit code, or undefined where there is none: the package has no Node.
 */
async function runBeside(): Promise<number | undefined> {
  const [{ existsSync, realpathSync }, { spawn }, { isatty }, { fileURLToPath }] = await Promise.all([
    import("node:fs"),
    import("node:child_process"),
    import("node:tty"),
    import("node:url"),
  ]);
  const beside = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
  // it could be as old, and would begin the same again
  if (!existsSync(beside) || realpathSync(beside) === process.execPath) return undefined;
  const argv = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(beside, argv, { stdio: "inherit" });
  // a terminal sends Ctrl-C to both, and a second one would end the child at once
  const isTerminal = [0, 1, 2].some(isatty);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      if (signal !== "SIGINT" || !isTerminal) child.kill(signal);
    });
  return new Promise((done) => {
    child.once("error", () => done(undefined));
    child.once("exit", (code, signal) => {
      if (signal !== null) {
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      }
      done(code ?? 1);
    });
  });
}

/** Says which Node is needed, and how to get it for this once. Gives the exit code. */
function refuse(): number {
  const other = `npx -p node@24 -- node ${process.argv[1]}`;
  process.stderr.write(
    `prophet-autoscaler needs Node 22.21, 24.5 or later, and this is Node ${process.versions.node}: run it as ${other}\n`,
  );
  return 2;
}

/** The command line: of the bundle with its compiled code, or the sources. */
async function load(): Promise<Loaded<typeof import("./cli/program.ts")>> {
  if (typeof PROPHET_AUTOSCALER_PROGRAM === "undefined")
    return { program: await import("./cli/program.ts"), cache: "not initialized", keep: () => {} };
  const file = join(import.meta.dirname, "chunks/program.cjs");
  const mapped = process.sourceMapsEnabled ? loadMapped<typeof import("./cli/program.ts")>(file) : undefined;
  if (mapped !== undefined) return mapped;
  const { NODE_DISABLE_COMPILE_CACHE: disabled, NODE_COMPILE_CACHE: named } = process.env;
  // not Node's own folder in the one that is named: its name has the processor's features, which V8 does not ask for
  const folder = disabled ? undefined : named || module.getCompileCacheDir?.();
  // each command uses other code; of the run, the default, none is named
  const [word = "run"] = process.argv.slice(2, 3).filter((given) => /^[a-z]+$/.test(given));
  const answers = process.argv.some((given) => /^(--help|-h|--version)$/.test(given));
  const kept = folder === undefined || answers ? null : join(folder, `program-${PROPHET_AUTOSCALER_PROGRAM}-${word}`);
  return loadProgram(file, kept, process.getuid?.());
}

/**
 * Ends the process at once, whatever a library still waits for.
 * `exit()` itself waits for name look-ups in progress: libuv joins its threads, which takes 20 s and more when DNS does not answer.
 * Replacing the process ends them, and Node is the one program that is surely present.
 */
function end(code: number): never {
  const lookingUp = process.getActiveResourcesInfo().includes("GetAddrInfoReqWrap");
  if (lookingUp) process.execve?.(process.execPath, [process.execPath, "-e", `process.exit(${code})`], {});
  process.exit(code);
}
