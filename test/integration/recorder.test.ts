/** Ctrl-C while the fixtures are recorded, over a real Prometheus and real apps: the fixtures stay as they were, and no process stays behind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { skip } from "../cluster/available.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "recorder-"));
afterAll(() => rmSync(folder, { recursive: true }));

const debian = "/usr/bin/prometheus";
const missing = existsSync(debian) ? undefined : `${debian} is missing: test/cluster/setup.sh apt`;

/** Processes whose environment names our folder as theirs for temporary files. */
function ours(): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`TMPDIR=${folder}`);
      } catch {
        return false;
      }
    });
}

test.skipIf(skip(missing))("a recording that is broken off leaves its folder alone and nothing running", async () => {
  const out = join(folder, "fixtures");
  const child = spawn(process.execPath, ["scripts/record.ts", "--quick", "--out", out], {
    cwd: root,
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(child, "exit");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // the first app listens: Prometheus and it are there to be left behind
    if (line.includes("listens on") && lines.push(line) === 1) {
      expect(ours().length).toBeGreaterThan(2);
      child.kill("SIGINT");
    }
    lines.push(line);
  }
  expect(await ended).toEqual([130, null]);
  expect(lines.at(-1)).toContain(`what was recorded is in ${out}.partial`);
  expect(existsSync(out)).toBe(false);
  expect(ours()).toEqual([]);
});
