/** README.md: what it shows as the job's answer is that answer, and who it is for stands on the first two screens. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pointsOf } from "../../scripts/fronts-picture.ts";

const page = readFileSync("README.md", "utf8");

describe("README.md", () => {
  it("has the policy's figures of docs/policy.md, on the series that were held back", () => {
    const { cost, under } = pointsOf(
      readFileSync("docs/policy.md", "utf8"),
      "Pods that need 30 s to start",
      "19 held back",
    ).find(({ name }) => name === "default")!;
    expect(page).toContain(`**${cost.toFixed(2)}** of the pod-hours, **${under.toFixed(2)}** of the time`);
  });

  it("has the error of docs/accuracy.md, and how many series it is over", () => {
    const accuracy = readFileSync("docs/accuracy.md", "utf8");
    const cells = (line: RegExp) =>
      line
        .exec(accuracy)![0]
        .split("|")
        .map((cell) => cell.trim());
    const column = cells(/^\| method \| relMAE public .*$/m).indexOf("relMAE held back");
    const error = Number(cells(/^\| auto \| 0\..*$/m)[column]);
    const series = accuracy.match(/^\| held back \| (?!no )\w+ \| (?:[\d.]+ \| ){5}/gm)!.length;
    expect(error).toBeGreaterThan(0);
    expect(page).toContain(`**${error.toFixed(2)}** of the error | repeating the last value, on ${series} real series`);
  });

  it("has as many faults as docs/reliability.md", () => {
    const [, faults] = /(\d+) faults were put into a sound world/.exec(readFileSync("docs/reliability.md", "utf8"))!;
    expect(page).toContain(`**${faults}** faults`);
  });

  it("shows what the command above it prints", () => {
    const [, command, shown] = /```sh\nnode (dist\/job\.js --once .*)\n```\n\n```text\n(.*?)\n```/s.exec(page)!;
    const said = execFileSync(process.execPath, command!.split(" "), {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(shown!.split("\n").length).toBeGreaterThan(6);
    // from its first line on, to the stages
    expect(said.startsWith(`${shown}\n`), said).toBe(true);
    expect(said.slice(shown!.length)).toMatch(/^\s+Decision, stage by stage/);
  });

  it("begins with the two commands, and says within two minutes of reading whom it is for", () => {
    const before = page.slice(0, page.indexOf("## What it says"));
    // 200 words a minute; pictures' texts and addresses are not read
    const words = before.replace(/\]\([^)]*\)|!\[[^\]]*\]/g, "").split(/\s+/).length;
    expect(words).toBeLessThan(400);
    expect(before).toMatch(/npm start[\s\S]*kubectl apply -k[\s\S]*## Is it for me\?/);
  });

  it("has every section in its table of contents", () => {
    const sections = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title!);
    expect(sections.length).toBeGreaterThan(6);
    expect(sections.filter((title) => !page.includes(`[${title}](#`))).toEqual([]);
  });
});
