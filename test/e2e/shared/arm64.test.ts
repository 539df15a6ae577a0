/** The image for arm64, from the same Dockerfile: built here, and run under qemu, where it decides what this machine decides. It needs no node, and computes while the others wait. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { skip } from "../../cluster/available.ts";
import { clusterDir } from "../../cluster/holder.ts";

const missing = existsSync("/usr/bin/qemu-aarch64-static")
  ? undefined
  : "qemu is missing: apt-get install qemu-user-static, then test/cluster/setup.sh apt nodebase";

test.skipIf(skip(missing))("the image for arm64 decides what this machine decides", async () => {
  // the script compares the decision with that of dist/job.js, and fails where the two differ
  const { stdout, stderr } = await promisify(execFile)(`${clusterDir}arm64.sh`, { maxBuffer: 16 << 20 });
  expect(stderr).toContain("process.arch: arm64");
  expect(JSON.parse(stdout.trim().split("\n").at(-1)!)).toMatchObject({ action: "wouldScale", from: 4, to: 7 });
});
