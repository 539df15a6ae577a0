/** A number and its noun agree, in every message: the function, and that no message writes a plural behind a number by hand. */
import { expect, it } from "vitest";
import { pluralize } from "../../job/core/units.ts";
import { filesOfJob } from "../rooms.ts";

it("one replica, no replicas, two replicas", () => {
  expect([0, 1, 2].map((n) => pluralize(n, "replica"))).toEqual(["0 replicas", "1 replica", "2 replicas"]);
  expect(["1", "1.5"].map((n) => pluralize(n, "core"))).toEqual(["1 core", "1.5 cores"]);
  expect([1, 2].map((n) => pluralize(n, "pod is", "pods are"))).toEqual(["1 pod is", "2 pods are"]);
});

/** Words behind a number that end with s and are no plural, as far as our texts have them. */
const NO_PLURALS =
  /^(s|is|was|has|needs|this|appears|does|holds|asks|gives|sets|takes|makes|reads|as|us|ms|stays|requests|scales|goes|its|less|plus|across|always|bypasses)$/;

/** What follows a value in a text: `${count} pods`, `${count} more fields`. */
function pluralsByHand(text: string): readonly string[] {
  const found = text.matchAll(/\$\{(?:[^{}]|\{[^{}]*\})*\} (?:(?:more|other|ready|new) )?([a-z]+s)\b/g);
  return [...found].flatMap(([all, word]) =>
    NO_PLURALS.test(word!) || /change\(|(toF|f)ixed\(/.test(all) ? [] : [all],
  );
}

it("no message writes a plural behind a number by hand", () => {
  const wrong = filesOfJob().flatMap(({ path, text }) => pluralsByHand(text).map((line) => `${path}: ${line}`));
  expect(wrong).toEqual([]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source that is looked at
  expect(["`${n} pods`", "`${a.b} more targets`", "`${n} is`"].map((one) => pluralsByHand(one).length)).toEqual([
    1, 1, 0,
  ]);
});
