/** The canary: a secret, what may give it away, servers that sing it back, and the command line with every output listened to. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { runCli } from "../../job/cli/program.ts";
import { QUIET } from "../fakes/io.ts";
import type { ReceivedRequest, Reply } from "../fault/server.ts";

/** The secret. Longer than what a message shows of a wrong value, and with characters that each form of writing escapes. */
export const CANARY = "cAnary7f3Q+9/xZ_kw5Tb8Jd2L";
const PARTS = [CANARY.slice(0, 9), CANARY.slice(-9)];
const ENCODED = [encodeURIComponent(CANARY), ...[0, 1, 2].map(insideBase64)];
/** Where the files of a test lie; removed with the process. */
export const folder = mkdtempSync(join(tmpdir(), "canary-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** The characters that the canary gives in base64 with so many bytes before it. */
function insideBase64(before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), Buffer.from(CANARY)]).toString("base64");
  return text.slice(4, 20);
}

/** Fails with where it was heard. */
export function silent(text: string, where: string): void {
  for (const song of [...PARTS, ...ENCODED]) {
    const at = text.indexOf(song);
    if (at >= 0) expect.unreachable(`${where}: ${text.slice(Math.max(0, at - 120), at + 60)}`);
  }
}

/** The command line in this process; everything it writes is listened to. */
export async function runCanary(argv: readonly string[], env: Record<string, string> = {}) {
  let [out, err] = ["", ""];
  const code = await runCli({
    ...QUIET,
    argv,
    env: { HOME: folder, ...env },
    version: "1",
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  silent(out, `stdout of ${argv.join(" ")}`);
  silent(err, `stderr of ${argv.join(" ")}`);
  return { code, out, err };
}

/** A configuration file in the folder. */
export function canaryFile(content: string | object, name = "config.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** What a server may say back of what it got, in each form. */
export const SONG = `no ${CANARY}! Authorization: Bearer ${CANARY} Basic ${Buffer.from(`user:${CANARY}`).toString("base64")} ${encodeURIComponent(CANARY)} ${Buffer.from(`x${CANARY}`).toString("base64")}\u001b[31m\u202e\n${CANARY}`;

/** Ways in which a metric source answers; each is one run. */
export const SINGING: readonly ((seen: ReceivedRequest) => Reply)[] = [
  () => ({ status: 401, body: SONG }),
  () => ({ status: 400, body: JSON.stringify({ status: "error", errorType: "bad_data", error: SONG }) }),
  () => ({ body: `${"x".repeat(70)}${SONG}` }),
  () => ({ body: `{"a": "${CANARY}` }),
  () => ({ body: JSON.stringify({ status: SONG }) }),
  () => ({ status: 302, headers: { location: `http://user:${CANARY}@h/?token=${encodeURIComponent(CANARY)}` } }),
  () => ({
    body: JSON.stringify({
      status: "success",
      warnings: [SONG],
      data: { resultType: "matrix", result: [{ values: [[1, CANARY]] }] },
    }),
  }),
  // sound data with a warning: here pictures are drawn
  ({ body }) => {
    const form = new URLSearchParams(body);
    const [start, end, step] = ["start", "end", "step"].map((name) => Number(form.get(name)));
    const now = Date.now() / 1000;
    const result = form.has("start")
      ? [
          {
            metric: {},
            values: Array.from({ length: (end! - start!) / step! + 1 }, (_, i) => [start! + i * step!, "0.3"]),
          },
        ]
      : [{ metric: {}, value: [now, "1"] }];
    const data = { resultType: form.has("start") ? "matrix" : "vector", result };
    return { body: JSON.stringify({ status: "success", warnings: [SONG], data }) };
  },
];

/** One that fails, and one that gives sound data: for what is run in several ways. */
export const LOUD = [SINGING[1]!, SINGING.at(-1)!];
