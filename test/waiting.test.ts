/** Long work of benches and recordings on real terminals of any size: a bar that never wraps nor stays behind a printed line, no control characters where there is no room for them, and Ctrl-C. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasTerminal, SCRIPT } from "./linux.ts";

const waiting = join(import.meta.dirname, "../scripts/waiting.ts");
/** Pieces of work, each so many milliseconds long; every fifth says something, and once as an error. */
const work = (pieces: number, milliseconds: number) => `import { each, say } from ${JSON.stringify(waiting)};
const done = await each("bench", "series", Array.from({ length: ${pieces} }), async (_, i) => {
  await new Promise((made) => setTimeout(made, ${milliseconds}));
  if (i % 5 === 4) say("said " + i, i === 14 ? console.error : undefined);
});
console.log("done " + done.length);`;

/** What came out of a terminal of this size, as it came, and the exit code. `interrupt`: Ctrl-C when a bar or this text is seen. */
async function played(size: string, env: Record<string, string> = {}, interrupt?: string, what = work(30, 50)) {
  const command = `stty ${size}; exec ${process.execPath} --input-type=module-typescript -e '${what}'`;
  const child = spawn(SCRIPT, ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env.PATH ?? "", TERM: "xterm", ...env },
  });
  let text = "";
  let sent = false;
  child.stdout.on("data", (chunk) => {
    text += String(chunk);
    if (sent || interrupt === undefined || !text.includes(interrupt)) return;
    // once: a second one would end it at once
    sent = true;
    child.stdin.write("\u0003");
  });
  const [code] = await once(child, "close");
  return { text, code };
}

/** Lines as the terminal shows them in the end; every state of its last line on the way was at most as long as `longest`. */
function screen(text: string) {
  const lines: string[] = [""];
  let longest = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor is what a terminal obeys
  for (const part of text.split(/(\r\n|\r\u001b\[K)/)) {
    if (part === "\r\n") lines.push("");
    else if (part === "\r\u001b[K") lines[lines.length - 1] = "";
    else lines[lines.length - 1] += part;
    longest = Math.max(longest, lines.at(-1)!.length);
  }
  return { lines, longest };
}

const SAID = [..."456789"].map((_, i) => `said ${5 * i + 4}`);

describe.skipIf(!hasTerminal())("waiting, on a terminal", () => {
  test.each([
    [40, {}],
    [80, { NO_COLOR: "1" }],
    [200, {}],
  ] as [number, Record<string, string>][])(
    "of %d characters: a bar within it, and whole lines",
    async (columns, env) => {
      const { text, code } = await played(`cols ${columns} rows 50`, env);
      const { lines, longest } = screen(text);
      expect(lines).toEqual([...SAID, "done 30", ""]);
      expect(text).toMatch(/bench \[#*-*\] +\d+ % {2}\d+ s left/);
      expect(longest).toBeLessThan(columns);
      expect(code).toBe(0);
    },
  );

  test.each([
    ["that was told no size", "cols 0 rows 0", {}],
    ["that is dumb", "cols 80 rows 50", { TERM: "dumb" }],
  ] as [string, string, Record<string, string>][])("%s: lines, and no control character", async (_, size, env) => {
    const { text, code } = await played(size, env);
    expect(text).not.toContain("\u001b");
    expect(text.split("\r\n")).toEqual([...SAID, "done 30", ""]);
    expect(code).toBe(0);
  });

  test("Ctrl-C ends it with what is done so far, and 130", async () => {
    // a bar is there after half a second: about a hundred are done by then, and there are many to come
    const { text, code } = await played("cols 80 rows 50", {}, "s left", work(3000, 5));
    const { lines } = screen(text);
    const [, done] = /^done (\d+)$/.exec(lines.at(-2)!)!;
    expect(Number(done)).toBeGreaterThan(5);
    expect(Number(done)).toBeLessThan(3000);
    expect(code).toBe(130);
  });
});
