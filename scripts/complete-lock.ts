/** Adds other platforms' optional packages to package-lock.json: npm omits those that a registry lacks, and `npm ci` then refuses the lock. */
import { readFileSync, writeFileSync } from "node:fs";

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** What a package for one platform says of it in its name: NAME-OS-CPU[-ABI]. */
function platform(name: string): object | undefined {
  const match =
    /-?(android|darwin|linux|win32|freebsd|openharmony)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-(\w+))?$/.exec(
      name,
    );
  if (!match) return undefined;
  const [, os, cpu, abi = ""] = match;
  const libc = os !== "linux" ? undefined : abi.startsWith("musl") ? "musl" : "glibc";
  return { cpu: [cpu], ...(libc ? { libc: [libc] } : {}), os: [os] };
}

const file = "package-lock.json";
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Entry> };
const known = new Set(Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf("node_modules/") + 13)));
const added: string[] = [];
for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const where = platform(name);
    if (known.has(name) || !where || !/^\d/.test(version)) continue;
    // no integrity: this registry could not tell it. Such an entry is never fetched here, its platform being another.
    lock.packages[`node_modules/${name}`] = { version, ...(dev ? { dev } : {}), optional: true, ...where } as Entry;
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${file}: ${added.length} added ${added.join(" ")}`);
