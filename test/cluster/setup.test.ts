/** `.ci/run` on a machine with an empty cache: whatever the tests say is missing, it has set up. */
import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const STEPS = /\b(?:apt|kube|helm|prometheus|promtool|coredns|nodebase|images|nodes|tier1|tier3)\b/g;
/** Steps that other steps take, or that are another way to the same program. */
const CONTAINED = new Map([
  ["tier3", ["apt", "kube", "prometheus", "coredns", "nodebase", "images"]],
  ["promtool", ["apt"]],
]);

/** The steps after each `setup.sh` of a text, up to the end of the command. */
const stepsIn = (text: string): readonly string[] =>
  [...text.matchAll(/setup\.sh((?: [a-z0-9]+)+)/g)].flatMap(([, words]) => words!.match(STEPS) ?? []);

it("takes each step that a test may miss", () => {
  const sources = globSync("test/**/*.ts").filter((path) => !path.startsWith("test/cluster/setup.test"));
  const named = new Set(sources.flatMap((path) => stepsIn(readFileSync(path, "utf8"))));
  expect([...named].sort()).toEqual(expect.arrayContaining(["helm", "kube", "nodes", "tier3"]));
  const needed = [...named].flatMap((step) => CONTAINED.get(step) ?? [step]);
  const taken = stepsIn(readFileSync(".ci/run", "utf8"));
  expect(needed.filter((step) => !taken.includes(step))).toEqual([]);
});
