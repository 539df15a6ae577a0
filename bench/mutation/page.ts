/** docs/mutation.md: the score of each room, and every survivor with its reason. */
import { table } from "../../scripts/markdown.ts";
import { REASONS } from "./survivors.ts";

export interface Result {
  readonly room: string;
  readonly total: number;
  /** `file:line `old` -> `new` (kind)`. */
  readonly survivors: readonly string[];
}

export function page(results: readonly Result[]): string {
  const sum = (of: (result: Result) => number) => results.reduce((total, result) => total + of(result), 0);
  const all = sum(({ total }) => total);
  const killed = all - sum(({ survivors }) => survivors.length);
  const rows = results.map(({ room, total, survivors }) => scoreRow(room, total, total - survivors.length));
  const lists = results.filter(({ survivors }) => survivors.length > 0).map(survivorList);
  return `# Mutation score

<!-- Written by \`npm run bench -- mutation\`. -->

How many small breaks of the code a unit test notices: **${killed} of ${all}, ${percent(killed, all)}**. A break is one edit: a comparison turned, a boundary moved, a sign dropped,
a constant changed, a condition fixed, a statement removed. The sample is drawn by a fixed seed from all such edits of a room, so the same sources give the same sample.

${table(["room", "mutants", "killed", "score"], rows)}

The rooms are those that decide: what is made of samples, memory and limits, what is written, and what an answer is taken for. Beside this sample the project keeps a
standing list of mutants, \`test/mutants\`, of which CI expects every one to be noticed.

## Survivors

A survivor is a break that no unit test noticed. Where it cannot be noticed, or need not be, the reason says so.

${lists.join("\n")}`;
}

function scoreRow(room: string, total: number, killed: number): string[] {
  return [`\`${room}\``, String(total), String(killed), percent(killed, total)];
}

function survivorList({ room, survivors }: Result): string {
  const rows = survivors.map((line) => {
    const [, place = "", what = ""] = /^(\S+) (.*)$/.exec(line) ?? [];
    return [place.replace(/^job\//, ""), what, REASONS[line.replace(/:\d+ /, " ")] ?? "not looked at yet"];
  });
  return `### ${room}\n\n${table(["place", "break", "reason"], rows)}\n`;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(0)} %`;
}
