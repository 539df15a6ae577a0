/** Docstrings: every exported thing has one, sentences have at most 30 words, and files that comments name exist. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { type Comment, type Program, parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";

const MAX_WORDS = 30;

/** The sentences of a docstring. A paragraph, a list item and a tag end one too; code between backticks is one word. */
function sentencesOf(docstring: string): readonly string[] {
  const text = docstring
    .replace(/^\*+/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .replace(/`[^`]*`/g, "code");
  return text
    .split(/\n\s*\n|\n(?=\s*[-@])|[.!?](?=\s|$)/)
    .map((sentence) => sentence.replace(/\s+/g, " ").trim())
    .filter((sentence) => sentence !== "");
}

/** The sentences with too many words. */
function tooLong(docstring: string): readonly string[] {
  const count = (sentence: string) => sentence.split(" ").filter((word) => /\w/.test(word)).length;
  return sentencesOf(docstring).flatMap((sentence) =>
    count(sentence) > MAX_WORDS ? [`${count(sentence)} words: ${sentence}`] : [],
  );
}

interface Parsed {
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
  /** The comment that opens the file; it is about the file, not about what follows. */
  readonly first: Comment | undefined;
}

function parsed(text: string): Parsed {
  const { program, comments } = parseSync("file.ts", text);
  const first = comments.find(({ start }) => /^(#!.*\n)?$/.test(text.slice(0, start)));
  return { text, program, comments, first };
}

const isDocstring = ({ type, value }: Comment) => type === "Block" && value.startsWith("*");

/** The exported declarations without a docstring right above them. */
function undocumented({ text, program, comments, first }: Parsed): readonly string[] {
  const docstrings = comments.filter((comment) => comment !== first && isDocstring(comment));
  return program.body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) return [];
    const { start } = statement;
    const has = docstrings.some(({ end }) => end <= start && text.slice(end, start).trim() === "");
    return has ? [] : [`no docstring: ${text.slice(start).split("\n")[0]}`];
  });
}

/** Files of this repository that comments name and that do not exist. */
function lostFiles({ comments }: Parsed): readonly string[] {
  const named = comments.flatMap(({ value }) =>
    [
      ...value.matchAll(/(?<![\w./])(?:job|docs|scripts|bench|test|stress-app|manifests)\/[\w./-]+\.(?:ts|md|yaml)\b/g),
    ].map(([path]) => path),
  );
  return named.filter((path) => !existsSync(path)).map((path) => `${path} does not exist`);
}

const sources = globSync(["job/**/*.ts", "stress-app/**/*.ts", "scripts/**/*.ts", "bench/**/*.ts"])
  .filter((path) => !path.includes("node_modules"))
  .sort();

it.each(sources)("%s", (path) => {
  const file = parsed(readFileSync(path, "utf8"));
  const long = file.comments.filter(isDocstring).flatMap(({ value }) => tooLong(value));
  expect([...undocumented(file), ...long, ...lostFiles(file)]).toEqual([]);
});

describe("the test itself", () => {
  it("reads all sources", () => expect(sources.length).toBeGreaterThan(400));

  it("counts the words of each sentence, list item and tag, code as one", () => {
    const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(" ");
    expect(tooLong(`* ${words(30)}. ${words(30)}: `)).toEqual([]);
    expect(
      tooLong(`* ${words(29)} \`${words(9)}\`.\n * - ${words(30)}\n * - ${words(30)}\n * @param ${words(29)} `),
    ).toEqual([]);
    expect(tooLong(`* ${words(20)} 1.5\n * ${words(10)} `)).toHaveLength(1);
  });

  it("takes the first comment for the file's, and sees what has none of its own", () => {
    const missing = (text: string) => undocumented(parsed(text));
    expect(missing("/** File. */\nexport const a = 1;\n")).toEqual(["no docstring: export const a = 1;"]);
    expect(missing("/** File. */\n/** A. */\nexport const a = 1;\nexport type B = 1;\n")).toHaveLength(1);
    expect(missing("/** File. */\nconst a = 1;\nexport { a };\n// a\nexport function b() {}\n")).toHaveLength(1);
  });

  it("finds files that are gone", () => {
    expect(lostFiles(parsed("// see job/core/none.ts and ../job/x.ts, job/main.ts\n"))).toEqual([
      "job/core/none.ts does not exist",
    ]);
  });
});
