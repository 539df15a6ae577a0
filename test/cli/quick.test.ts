/** The short way past yargs: where it answers, yargs answers the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../job/cli/options.ts";
import { parse } from "../../job/cli/parse.ts";
import { parseQuickly } from "../../job/cli/quick.ts";

const options = COMMANDS[0]!.options;
const world = { version: "1.2.3", columns: 100 };

function byYargs(argv: readonly string[]): Record<string, unknown> | string {
  const chosen = parse({ argv, ...world });
  if (typeof chosen === "string") return chosen;
  const { _, $0, ...flags } = chosen.flags;
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

describe("parseQuickly", () => {
  it("agrees with yargs wherever it does not give up", () => {
    const value = fc.oneof(
      fc.constantFrom("0.05", "30m", "a b", "x=y", "true", "http://h:9/?a=b", "'q'", "1,2", "ü"),
      fc.string(),
    );
    const word: fc.Arbitrary<readonly string[]> = fc.oneof(
      fc
        .constantFrom(...options)
        .chain((o) =>
          o.node.kind === "toggle"
            ? fc.constant<readonly string[]>([`--${o.flag}`])
            : fc
                .tuple(value, fc.boolean())
                .map(([v, inline]): readonly string[] => (inline ? [`--${o.flag}=${v}`] : [`--${o.flag}`, v])),
        ),
      fc.constantFrom(["--help"], ["schema"], ["--nonsense", "1"], ["--once"], ["--json"]),
    );
    let answered = 0;
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        const argv = words.flat();
        const quick = parseQuickly(argv);
        if (quick === null) return;
        answered += 1;
        expect(quick.flags, JSON.stringify(argv)).toEqual(byYargs(argv));
      }),
      { numRuns: 300 },
    );
    expect(answered).toBeGreaterThan(50);
  });

  it.each([["--help"], ["--version"], ["replay", "x.csv"], ["--min", "1", "--min", "2"], ["--dryrun"], ["--min"]])(
    "leaves %j to yargs",
    (...argv) => expect(parseQuickly(argv)).toBeNull(),
  );
});
