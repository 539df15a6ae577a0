/** What a program that was started with a TMPDIR of its own has left: processes that inherited it or name it, and files in it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Command lines of all processes that name `folder` or have it in their environment; this process and its like are not meant by it. */
export function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const [line, environment] = ["cmdline", "environ"].map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8"));
        return line!.includes(folder) || environment!.includes(folder) ? [line!.replaceAll("\0", " ")] : [];
      } catch {
        return []; // it ended between the two calls
      }
    });
}

/** Processes and files, one line each; empty when all is gone. */
export function leftovers(folder: string): string[] {
  return [...processesOf(folder), ...(existsSync(folder) ? readdirSync(folder) : [])];
}

/** Cgroups of a kubelet on this machine. */
export function kubepods(): string[] {
  const roots = ["/sys/fs/cgroup", ...readdirSync("/sys/fs/cgroup").map((name) => `/sys/fs/cgroup/${name}`)];
  return roots.map((root) => `${root}/kubepods`).filter((path) => existsSync(path));
}
