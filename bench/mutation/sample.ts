/** Draws a room's sample of mutants by seed: fresh ones, or those of the list that somebody has looked at. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Mutation, mutated, mutationsOf } from "./mutants.ts";
import type { Room } from "./rooms.ts";

/** Drawn anew by another number. The same sources give the same sample, and a change of one source leaves the mutants of the others. */
const SEED = 20_261_130;

/** Identities of the mutants that were looked at while tests were written: their score says how good the tests became, not how good tests are. */
const LOOKED_AT = "bench/mutation/looked-at.txt";

/** A mutation with its source and its identity. */
export interface Candidate extends Mutation {
  readonly file: string;
  /** The whole source without it. */
  readonly original: string;
  /** File, line and what becomes of it, without the line's number, which moves. */
  readonly id: string;
  /** The same for a reader: with the number, and what is replaced alone. */
  readonly place: string;
}

/** Which mutants to take: `each` new ones a room, or those of the list that somebody has looked at. */
export type SampleKind = { readonly kind: "fresh"; readonly each: number } | { readonly kind: "looked at" };

/** The chosen mutants of a room, none twice. Those of one source stand together. */
export function sampleOf({ sources }: Room, choice: SampleKind): readonly Candidate[] {
  const seen = new Set(readFileSync(LOOKED_AT, "utf8").split("\n"));
  const all = sources.flatMap(candidatesOf);
  if (choice.kind === "looked at") return all.filter(({ id }) => seen.has(id));
  const key = ({ id }: Candidate) => createHash("sha256").update(`${SEED} ${id}`).digest("hex");
  const keyed = all.filter(({ id }) => !seen.has(id)).map((one) => ({ one, key: key(one) }));
  const drawn = new Set(
    keyed
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, choice.each)
      .map(({ one }) => one),
  );
  return all.filter((one) => drawn.has(one));
}

function candidatesOf(file: string): readonly Candidate[] {
  const original = readFileSync(file, "utf8");
  const count = new Map<string, number>();
  return mutationsOf(original).map((mutation) => {
    const change = `${file}: ${changeOf(original, mutation)}`;
    const before = count.get(change) ?? 0;
    count.set(change, before + 1);
    const id = before === 0 ? change : `${change} #${before + 1}`;
    return { ...mutation, file, original, id, place: placeOf(file, original, mutation) };
  });
}

/** `line => line with the mutation`. */
function changeOf(source: string, mutation: Mutation): string {
  const from = source.lastIndexOf("\n", mutation.start - 1) + 1;
  const end = source.indexOf("\n", mutation.end);
  const to = end < 0 ? source.length : end;
  const line = (text: string) => text.replace(/\s+/g, " ").trim();
  const after = mutated(source, mutation).slice(from, to + mutation.text.length - (mutation.end - mutation.start));
  return `${line(source.slice(from, to))} => ${line(after)}`;
}

/** `file:line `old` -> `new` (kind)`, shortened. */
function placeOf(file: string, source: string, { start, end, text, kind }: Mutation): string {
  const line = source.slice(0, start).split("\n").length;
  const short = (code: string) => code.replace(/\s+/g, " ").slice(0, 60);
  return `${file}:${line} \`${short(source.slice(start, end))}\` -> \`${short(text)}\` (${kind})`;
}
