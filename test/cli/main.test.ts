/** The entry as a process: an old Node, a disk that cannot be written, a reader that leaves. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

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

describe("job/main.ts", () => {
  it.each(["18.20.4", "20.20.2", "22.20.0", "23.11.1", "24.4.1"])(
    "under Node %s says one sentence and ends with 2",
    (version) => {
      const disguise = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`;
      const { status, stdout, stderr } = node(["--import", disguise, ...RUN]);
      const other = `npx -p node@24 -- node ${resolve(ENTRY)}`;
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
