/** The entry as a process: an old Node, a disk that cannot be written, a reader that leaves. */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const ENTRY = "job/main.ts";
const RUN = [
  ENTRY,
  "--once",
  "--history-file",
  "fixtures/recorded/sine.json",
  "--target-cpu",
  "0.05",
  "--dry-run",
  "--json",
];

function node(args: readonly string[], env: Record<string, string> = {}) {
  return spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: 25_000,
    env: { PATH: process.env.PATH, ...env },
  });
}

/** The sources without packages, and a Node. */
const folder = mkdtempSync(join(tmpdir(), "main-"));
afterAll(() => rmSync(folder, { recursive: true }));
cpSync("job", join(folder, "job"), { recursive: true });
writeFileSync(join(folder, "package.json"), '{"type":"module"}');
copyFileSync(process.execPath, join(folder, "old-node"));

describe("job/main.ts", () => {
  it.each(["18.20.4", "20.20.2", "22.20.0", "23.11.1", "24.4.1"])(
    "under Node %s runs by the Node of the packages; where there is none says one sentence and ends with 2",
    (version) => {
      const disguise = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`;
      // another file of the same Node stands for the old one: by the very one of the packages it would go round in a circle
      const old = join(folder, "old-node");
      const under = (...args: string[]) =>
        spawnSync(old, ["--import", disguise, ...args], { encoding: "utf8", timeout: 25_000 });
      const beside = under(...RUN);
      expect([beside.status, beside.stderr]).toEqual([0, expect.stringMatching(/^INFO /)]);
      expect(JSON.parse(beside.stdout).targets).toHaveLength(1);
      expect(under(ENTRY, "--once", "--no-such").status).toBe(2);
      const entry = join(folder, "job/main.ts");
      const { status, stdout, stderr } = under(entry, ...RUN.slice(1));
      const other = `npx -p node@24 -- node ${entry}`;
      expect(stderr).toBe(
        `prophet-autoscaler needs Node 22.21, 24.5 or later, and this is Node ${version}: run it as ${other}\n`,
      );
      expect(status).toBe(2);
      expect(stdout).toBe("");
    },
  );

  it("runs where no compile cache can be kept", () => {
    const { status, stdout } = node(RUN, { NODE_COMPILE_CACHE: "/dev/null/nowhere", TMPDIR: "/dev/null/nowhere" });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).targets).toHaveLength(1);
  });

  it("ends quietly when its reader leaves", () => {
    const line = `"${process.execPath}" ${ENTRY} --help | head -1`;
    const { status, stderr } = spawnSync("/bin/sh", ["-c", line], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stderr).toBe("");
  });
});
