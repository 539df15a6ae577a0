/** Message texts of the job and its demo app: short sentences, plain words, and one form for a wrong value. */
import { globSync, readFileSync } from "node:fs";
import { type Node, parseSync, Visitor } from "oxc-parser";
import { describe, expect, it } from "vitest";

const MAX_WORDS = 30;

/** A text of the source; each placeholder is the word X. `thrown`: it is an argument of an error. */
interface Message {
  readonly text: string;
  readonly line: number;
  readonly thrown: boolean;
}

/** What a new reader stumbles over, and what is written in its place. */
const AVOIDED: readonly (readonly [RegExp, string])[] = [
  [/, (?:no|not an?) (?:number|list|text|mapping)$|\bis no (?:number|list|text|mapping)\b/, "must be ..., got ..."],
  [
    /[,;:] (?:but \S+ (?:was|were) )?expected\b|\bis accepted\.?$|: it must be\b|where a \w+ was asked/,
    "must be ..., got ...",
  ],
  [/\b(?:is|was|given|named|there) twice\b/, "appears twice"],
  [/\b(?:the|a) (?:list|flag|file|setting) wins\b|\bwins over\b/, "takes precedence"],
  [/\bwish(?:es)?\b/, "recommendation"],
  [/\bquarrel|\bbetake|\bhence\b|\bthus\b|\bwhilst\b|\bnought\b|\bseldom\b/, "a plainer word"],
];

/** A URL of a proxy may hold a password, so that a message must not repeat it. */
const WITHOUT_VALUE = [/URL of a proxy/];

/** A program for a shell is no prose. */
const NO_PROSE = ["job/cli/completion-command.ts"];

function textOf(node: Node): string | undefined {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? node.value : undefined;
    case "TemplateLiteral":
      return node.quasis
        .map(({ value }, i) => {
          const inner = node.expressions[i];
          return (value.cooked ?? "") + (inner === undefined ? "" : (textOf(inner) ?? "X"));
        })
        .join("");
    case "BinaryExpression": {
      if (node.operator !== "+") return undefined;
      const [left, right] = [textOf(node.left), textOf(node.right)];
      return left === undefined && right === undefined ? undefined : (left ?? "X") + (right ?? "X");
    }
    default:
      return undefined;
  }
}

/** The texts of a source that have words; the parts of a longer one come again by themselves, which does no harm. */
function messagesOf(source: string): readonly Message[] {
  const found: Message[] = [];
  const errors: (readonly [number, number])[] = [];
  const take = (node: Node): void => {
    const text = textOf(node);
    if (text === undefined || !/[a-z] [a-z]/.test(text)) return;
    const thrown = errors.some(([start, end]) => start <= node.start && node.end <= end);
    found.push({ text, line: source.slice(0, node.start).split("\n").length, thrown });
  };
  new Visitor({
    NewExpression: ({ callee, start, end }) => {
      if (callee.type === "Identifier" && /Error$/.test(callee.name)) errors.push([start, end]);
    },
    Literal: take,
    TemplateLiteral: take,
    BinaryExpression: take,
  }).visit(parseSync("file.ts", source).program);
  return found;
}

/** Sentences as a reader sees them: a tag, an empty line and a full stop end one, and code between backticks is one word. */
function sentencesOf(text: string): readonly string[] {
  return text
    .replace(/`[^`]*`/g, "code")
    .split(/<[^>]*>|\n\s*\n|[.!?]["')]*(?=\s|$)/)
    .map((sentence) => sentence.replace(/\s+/g, " ").trim());
}

function problemsOf({ text, thrown }: Message): readonly string[] {
  const long = sentencesOf(text).flatMap((sentence) => {
    const count = sentence.split(" ").filter((word) => /\w/.test(word)).length;
    return count > MAX_WORDS ? [`${count} words: ${sentence}`] : [];
  });
  const words = AVOIDED.flatMap(([word, instead]) =>
    word.test(text) ? [`${instead} in place of ${word}: ${text}`] : [],
  );
  const silent =
    thrown && /\bmust be\b/.test(text) && !/, got /.test(text) && !WITHOUT_VALUE.some((one) => one.test(text));
  return [...long, ...words, ...(silent ? [`"must be ..." without ", got ...": ${text}`] : [])];
}

const sources = globSync(["job/**/*.ts", "stress-app/**/*.ts"])
  .sort()
  .filter((path) => !NO_PROSE.includes(path));

it.each(sources)("%s", (path) => {
  const wrong = messagesOf(readFileSync(path, "utf8")).flatMap((message) =>
    problemsOf(message).map((problem) => `line ${message.line}: ${problem}`),
  );
  expect(wrong).toEqual([]);
});

describe("the test itself", () => {
  const problems = (source: string) => messagesOf(source).flatMap(problemsOf);
  const words = (count: number) => Array(count).fill("word").join(" ");

  it("reads the messages of all rooms", () => {
    const count = sources.flatMap((path) => messagesOf(readFileSync(path, "utf8"))).length;
    expect(count).toBeGreaterThan(1200);
  });

  it("counts words over placeholders and what is put together", () => {
    expect(problems(`const a = "${words(30)}. ${words(30)}";`)).toEqual([]);
    expect(problems(`const a = "${words(31)}";`)).toEqual([expect.stringMatching(/^31 words/)]);
    expect(problems(`log(\`${words(30)} \${one(two, three)}\`);`)).toHaveLength(1);
    expect(problems(`log("${words(20)} " + name + " ${words(10)}");`)).toHaveLength(1);
    expect(problems(`log("<p>${words(30)}</p><p>${words(30)}</p>");`)).toEqual([]);
  });

  it("asks for the house's form of a wrong value", () => {
    expect(problems(`throw new SomeError(\`a value is \${x}, no number\`);`)).toHaveLength(1);
    expect(problems(`throw new SomeError(\`line 1 is \${x}, expected the header\`);`)).toHaveLength(1);
    expect(problems(`throw new SomeError(\`name is \${x}: it must be a word, got \${x}\`);`)).toHaveLength(1);
    expect(problems(`throw new SomeError(\`the name must be a word\`);`)).toEqual([expect.stringContaining("without")]);
    expect(problems(`throw new SomeError(\`the name must be a word, got \${x}\`);`)).toEqual([]);
    expect(problems(`log(\`the state must be readable\`);`)).toEqual([]);
  });
});
