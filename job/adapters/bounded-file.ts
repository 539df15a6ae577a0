/** Reads whole files that somebody named, each within bounds: what never ends must not fill the memory, nor a pipe that nobody writes hold a run. */
import type { FileHandle } from "node:fs/promises";
import type { Seconds } from "../core/units.ts";
import { fileSentence, UnreadFile } from "../output/file-problem.ts";

const MEBIBYTE = 1024 * 1024;
/** The most MiB of a settings file, a secret, a certificate or a kubeconfig. What Kubernetes mounts has 1 at most. */
const MAX_SMALL = 4;
/** The most MiB of a series file: a year at 15 s has 50. A string of more than 512 MiB is more than V8 can hold. */
const MAX_SERIES = 256;
const PIECE = 64 * 1024;
/** How long a pipe may have no writer. One that waits for its reader opens at once. */
const UNOPENED: Seconds = 5;
/** How long its writer may be silent, as a query of Prometheus may take. */
const SILENT: Seconds = 120;
const PAUSE_MS = 20;

/** What a shell's `<(command)` gave. It comes once, and a secret is read for each request. */
const given = new Map<string, Promise<Buffer>>();
const BY_SHELL = /^\/(dev\/(fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/;

/**
 * The bytes of a settings file, a secret, a certificate or a kubeconfig. Rejects as `readFile` does, and with UnreadFile: there are more than
 * 4 MiB, or it is a pipe into which nothing is written.
 */
export function readSmall(file: string): Promise<Buffer> {
  const bytes = given.get(file) ?? readBounded(file, MAX_SMALL);
  if (BY_SHELL.test(file)) given.set(file, bytes);
  return bytes;
}

/** The same for a file of the settings or a kubeconfig. Rejects with an Error that says, after the file's name, why it cannot be read. */
export function readNamed(file: string, shown = file): Promise<Buffer> {
  return readSmall(file).catch((error: unknown) => {
    throw new Error(fileSentence(error, shown));
  });
}

/** Rejects as `readNamed` does, and for a pipe. For a file that a library reads by itself, later and without bounds. */
export async function checkNamed(file: string): Promise<void> {
  const { stat } = await import("node:fs/promises");
  const isPipe = await stat(file).then(
    (found) => found.isFIFO(),
    () => false,
  );
  if (isPipe) throw new Error(`${file}: it is a pipe, and is read more than once: name a file`);
  await readNamed(file);
}

/** The same of a series file, of at most 256 MiB. */
export function readSeries(file: string): Promise<Buffer> {
  return readBounded(file, MAX_SERIES);
}

async function readBounded(file: string, mebibytes: number): Promise<Buffer> {
  const { constants, open } = await import("node:fs/promises");
  // a pipe without a writer would hold a thread for ever, and no time limit would end it
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const pieces: Uint8Array[] = [];
  const room = Buffer.allocUnsafe(PIECE);
  try {
    for (let left = mebibytes * MEBIBYTE; ; ) {
      // the writer of a shell's pipe was there first: its end is the end
      const bytes = await nextBytes(handle, room, pieces.length === 0 && !BY_SHELL.test(file));
      if (bytes === 0) return Buffer.concat(pieces);
      left -= bytes;
      if (left < 0) throw new UnreadFile(`it is larger than ${mebibytes} MiB`);
      // copied: a pipe gives a few bytes at a time, and each would keep a whole piece in memory
      pieces.push(Buffer.from(room.subarray(0, bytes)));
    }
  } finally {
    await handle.close();
  }
}

/** How many bytes were read into `room`; 0 at the end. Waits for a pipe's, and for its writer where it may be `unopened`. */
async function nextBytes(handle: FileHandle, room: Buffer, unopened: boolean): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const bytes = await handle.read(room).then(
      ({ bytesRead }) => bytesRead,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EAGAIN") return null;
        throw error;
      },
    );
    // before its first byte the end of a pipe means that nobody has opened it yet
    if (bytes !== null && (bytes > 0 || !unopened || !(await handle.stat()).isFIFO())) return bytes;
    const most = bytes === null ? SILENT : UNOPENED;
    if (performance.now() - begin > most * 1000)
      throw new UnreadFile(`it is a pipe, and nothing was written into it for ${most} s: start its writer first`);
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}
