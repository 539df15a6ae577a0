/** docs/ten-minutes.md: each command that needs no network runs as it stands there, and does what the page says. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/ten-minutes.md", "utf8");
const lines = [...page.matchAll(/^node dist\/job\.js .*$/gm)]
  .map(([line]) => line)
  .filter((line) => line.includes("fixtures/"));

/** A folder with what a checkout has, so that nothing is written into this one. */
function checkout(): string {
  const folder = mkdtempSync(join(tmpdir(), "ten-minutes-"));
  for (const name of ["dist", "fixtures", "docs"]) symlinkSync(resolve(name), join(folder, name));
  return folder;
}

function run(line: string, cwd: string): string {
  const [, ...argv] = line.split(/\s+/);
  return execFileSync(process.execPath, argv, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

describe("docs/ten-minutes.md", () => {
  const said: Readonly<Record<string, RegExp>> = {
    "--once": /Decision, stage by stage|forecast .*ForecastQuantile/s,
    replay: /auto[\s\S]*hpa[\s\S]*oracle/,
    backtest: /auto[\s\S]*prophet[\s\S]*naive/,
  };

  it("has a command of each kind", () => {
    for (const word of Object.keys(said))
      expect(lines.filter((line) => line.includes(` ${word} `)).length, word).toBe(1);
  });

  it.each(lines)(
    "%s",
    (line) => {
      const folder = checkout();
      const output = run(line, folder);
      const word = Object.keys(said).find((key) => line.includes(` ${key} `))!;
      expect(output).toMatch(said[word]!);
      const report = /--report (\S+)/.exec(line)?.[1];
      if (report !== undefined)
        expect(/worst moments? of auto/.test(readFileSync(join(folder, report), "utf8"))).toBe(true);
    },
    60_000,
  );

  it("says which policy is less of the time under the load, of both recordings", () => {
    const line = lines.find((one) => one.includes(" replay "))!.replace(/ --report \S+/, " --json");
    const under = (of: string) => {
      const { policies } = JSON.parse(run(line.replace("mixed.json", of), checkout())) as {
        policies: Record<"auto" | "hpa", { under: number }>;
      };
      return policies.auto.under - policies.hpa.under;
    };
    expect(page).toContain("On this load the HPA does better");
    expect(under("mixed.json")).toBeGreaterThan(0);
    expect(under("sine.json")).toBeLessThan(0);
  });
});
