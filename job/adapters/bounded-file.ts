/** Reads whole files that somebody named, each within a bound: a device, a pipe or a log that never ends must not fill the memory. */
import { FileTooLarge, fileSentence } from "../output/file-problem.ts";

const MEBIBYTE = 1024 * 1024;
/** The most MiB of a settings file, a secret, a certificate or a kubeconfig. What Kubernetes mounts has 1 at most. */
const MAX_SMALL = 4;
/** The most MiB of a series file: a year at 15 s has 50. A string of more than 512 MiB is more than V8 can hold. */
const MAX_SERIES = 256;
const PIECE = 64 * 1024;

/** The bytes of a settings file, a secret, a certificate or a kubeconfig. Rejects as `readFile` does, and where there are more than 4 MiB. */
export function readSmall(file: string): Promise<Buffer> {
  return readBounded(file, MAX_SMALL);
}

/** The same for a file of the settings or a kubeconfig. Rejects with an Error that says, after the file's name, why it cannot be read. */
export function readNamed(file: string, shown = file): Promise<Buffer> {
  return readSmall(file).catch((error: unknown) => {
    throw new Error(fileSentence(error, shown));
  });
}

/** The bytes of a series file. Rejects as `readFile` does, and where there are more than 256 MiB. */
export function readSeries(file: string): Promise<Buffer> {
  return readBounded(file, MAX_SERIES);
}

async function readBounded(file: string, mebibytes: number): Promise<Buffer> {
  const { open } = await import("node:fs/promises");
  const handle = await open(file);
  const pieces: Uint8Array[] = [];
  const room = Buffer.allocUnsafe(PIECE);
  try {
    for (let left = mebibytes * MEBIBYTE; ; ) {
      const { bytesRead } = await handle.read(room);
      if (bytesRead === 0) return Buffer.concat(pieces);
      left -= bytesRead;
      if (left < 0) throw new FileTooLarge(mebibytes);
      // copied: a pipe gives a few bytes at a time, and each would keep a whole piece in memory
      pieces.push(Buffer.from(room.subarray(0, bytesRead)));
    }
  } finally {
    await handle.close();
  }
}
