/** Writes docs/mutation.md: each room's score on fresh and on known mutants, and every survivor with its reason. */
import { markdownTable } from "../../scripts/markdown.ts";
import { SURVIVOR_REASONS } from "./survivors.ts";

/** The mutants of one room, and which of them survived. */
export interface RoomResult {
  readonly room: string;
  /** New ones, or those that were looked at while tests were written. */
  readonly sample: "fresh" | "looked at";
  readonly total: number;
  /** `place` is `file:line `old` -> `new` (kind)`. */
  readonly survivors: readonly { readonly id: string; readonly place: string }[];
}

/** docs/mutation.md as Markdown. */
export function mutationPage(results: readonly RoomResult[]): string {
  const of = (sample: RoomResult["sample"]) => results.filter((result) => result.sample === sample);
  const [fresh, seen] = [of("fresh"), of("looked at")];
  const names = [...new Set(results.map(({ room }) => room))];
  const cell = (some: readonly RoomResult[], name: string) => scoreText(some.filter(({ room }) => room === name));
  const rows = names.map((name) => [`\`${name}\``, cell(fresh, name), cell(seen, name)]);
  const lists = results.filter(({ survivors }) => survivors.length > 0).map(survivorList);
  return `# Mutation score

<!-- Written by \`npm run bench -- mutation\`. -->

How many small breaks of the code a unit test notices: **${scoreText(fresh)}**. A break is one edit: a comparison turned, a boundary moved, a sign dropped,
a constant changed, a condition fixed, a statement removed. The sample is drawn by a fixed seed from all such edits of a room, so the same sources give the same sample.

${markdownTable(["room", "not looked at", "looked at"], [...rows, ["all", scoreText(fresh), scoreText(seen)]])}

The first column counts: nobody had looked at these breaks when the tests were written. For those of the second column tests were written where they lived;
\`bench/mutation/looked-at.txt\` lists them, and new samples leave them out.

The rooms are those that decide: what is made of samples, memory and limits, what is written, and what an answer is taken for. Beside this sample the project keeps a
standing list of mutants, \`test/mutants\`, of which CI expects every one to be noticed.

## Survivors

A survivor is a break that no unit test noticed. Where it cannot be noticed, or need not be, the reason says so.

${lists.join("\n")}`;
}

function scoreText(results: readonly RoomResult[]): string {
  const total = results.reduce((sum, result) => sum + result.total, 0);
  const killed = total - results.reduce((sum, { survivors }) => sum + survivors.length, 0);
  return total === 0 ? "" : `${killed} of ${total}, ${((100 * killed) / total).toFixed(0)} %`;
}

function survivorList({ room, sample, survivors }: RoomResult): string {
  const rows = survivors.map(({ id, place: text }) => {
    const [, place = "", what = ""] = /^(\S+) (.*)$/.exec(text) ?? [];
    return [place.replace(/^job\//, ""), what, SURVIVOR_REASONS[id] ?? "not looked at yet"];
  });
  const which = sample === "fresh" ? "not looked at" : "looked at";
  return `### ${room}, ${which}\n\n${markdownTable(["place", "break", "reason"], rows)}\n`;
}
