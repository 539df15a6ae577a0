/** Every bench answers `--help` and a mistake by a sentence, before it does anything; and a page keeps what new results lack. */
import { describe, expect, it, vi } from "vitest";
import { BENCHES, runBench } from "../../bench/benches.ts";
import { type BenchFlag, HelpRequest } from "../../bench/flags.ts";
import { keptText, withKept } from "../../bench/kept-sections.ts";

/** Flags that take any text, by bench. */
const FREE: Readonly<Record<string, readonly string[]>> = { faults: ["only"], mutation: ["match"] };

/** What running it says on both outputs, and its exit code. */
async function told(...args: readonly string[]): Promise<{ readonly code: number | undefined; readonly text: string }> {
  const lines: string[] = [];
  const spies = (["log", "error"] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((line) => void lines.push(line)),
  );
  try {
    return { code: await runBench(args), text: lines.join("\n") };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

async function flagsOf(name: string): Promise<readonly (readonly [string, BenchFlag])[]> {
  const { main } = await BENCHES[name]!.load();
  const help: unknown = await (async () => main(["--help"]))().catch((error: unknown) => error);
  expect(help).toBeInstanceOf(HelpRequest);
  return Object.entries((help as HelpRequest).flags);
}

describe.each(Object.keys(BENCHES))("bench %s", (name) => {
  it("lists its flags", async () => {
    const { code, text } = await told(name, "--help");
    expect(code).toBeUndefined();
    expect(text).toContain(BENCHES[name]!.about);
    const flags = await flagsOf(name);
    expect(flags.length).toBeGreaterThan(0);
    for (const [flag, { about }] of flags) expect(text).toMatch(new RegExp(`--${flag} .*${about.slice(0, 20)}`));
  });

  it.each([
    ["--no-such-flag", "Unknown option '--no-such-flag'"],
    ["word", "Unexpected argument 'word'"],
  ])("refuses %s", async (argument, sentence) => {
    const { code, text } = await told(name, argument);
    expect(code).toBe(2);
    expect(text).toContain(`${name}: ${sentence}`);
    expect(text).toContain("The flags are:\n  --");
    expect(text).not.toContain("    at ");
  });

  it("refuses a wrong value of every flag that is no free text", async () => {
    for (const [flag, { type, list }] of await flagsOf(name)) {
      if (type === "boolean" || FREE[name]?.includes(flag)) continue;
      expect(list, `--${flag}`).toBeDefined();
      for (const wrong of ["no-such", "0", "1.5", ""]) {
        const { code, text } = await told(name, `--${flag}=${wrong}`);
        expect(code, `--${flag}=${wrong}`).toBe(2);
        expect(text).toMatch(new RegExp(`^${name}: --${flag}: must be .*, got ${JSON.stringify(wrong)}$`));
      }
    }
  });
});

it("without a bench, or with an unknown one, the list is told", async () => {
  for (const [args, code] of [
    [[], 2],
    [["no-such"], 2],
    [["--help"], undefined],
  ] as const) {
    const answer = await told(...args);
    expect(answer.code).toBe(code);
    for (const name of Object.keys(BENCHES)) expect(answer.text).toContain(`\n  ${name}`.slice(1));
  }
});

it("a page keeps sections and pictures that new results lack, where they stood, and says so", () => {
  const before = "# P\n\n## A\n\n1\n\n![a](a.svg)\n\n## B\n\n2\n\n## C\n\n3\n";
  const { text, kept } = withKept("# P\n\n## A\n\n9\n\n## C\n\n9\n", before);
  expect(text).toBe("# P\n\n## A\n\n9\n\n![a](a.svg)\n\n## B\n\n2\n\n## C\n\n9\n");
  expect(keptText("docs/p.md", kept)).toBe("docs/p.md keeps what these results lack: A: its pictures; B");
  const added = withKept("# P\n\n## A\n\n9\n\n## New\n\n9\n\n## C\n\n9\n", before).text;
  expect(added.match(/^## \w+/gm)).toEqual(["## A", "## New", "## B", "## C"]);
  const whole = withKept(before, before);
  expect(whole).toEqual({ text: before, kept: [] });
  expect(keptText("docs/p.md", whole.kept)).toBeUndefined();
});
