/** What went wrong with a file, in words for a person. */

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder, not a file",
  EACCES: "the job may not open it (permission denied)",
  EPERM: "the job may not open it (not permitted)",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead in a circle",
  EIO: "reading or writing it gives an I/O error",
  ENXIO: "it is a socket, a device that is not there, or a pipe that nobody reads",
};

/** Why a file was not read to its end, in words that follow its name. */
export class UnreadFile extends Error {}

/** Words for what reading or writing a file threw, without the path, which the caller names. */
export function fileProblem(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  if (WORDS[code] !== undefined) return WORDS[code];
  return code === "" ? (error instanceof Error ? error.message : String(error)) : `error ${code}`;
}

/**
 * The same as a sentence that names the file, or the program that was to be started; of another error its own message. `path` is for errors that do not know theirs: EISDIR never does.
 */
export function fileSentence(error: unknown, path?: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code = "", syscall = "", path: own } = error as NodeJS.ErrnoException;
  if (error instanceof UnreadFile) return `${path ?? "a file that it names"}: ${error.message}`;
  // not the system's own words: they have the path, and that may be hidden
  const isFile = path !== undefined && /^(open|read|stat|lstat|scandir)$/.test(syscall);
  if (WORDS[code] === undefined) return isFile ? `${path}: error ${code}` : error.message;
  if (syscall.startsWith("spawn")) return `${own}: ${code === "ENOENT" ? "there is no such program" : WORDS[code]}`;
  return `${path ?? own ?? "a file that it names"}: ${WORDS[code]}`;
}
