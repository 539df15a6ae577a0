/** Annotations without end: whoever may write them on one workload shall not stop the run of all others. */
import { describe, expect, it } from "vitest";
import { annotationSettings, ownAnnotations, ANNOTATION_PREFIX as P } from "../../job/config/annotations.ts";
import { check } from "../../job/config/check.ts";
import { foundTarget, issuesText } from "../../job/config/found-target.ts";

const WORKLOAD = { namespace: "shop", apiVersion: "apps/v1", kind: "Deployment", name: "web" };
async function wrong(annotations: Readonly<Record<string, string>>) {
  const one = await foundTarget({ ...WORKLOAD, annotations }, { below: {}, above: {} });
  return "issues" in one ? issuesText(one.issues) : "nothing";
}

describe("annotations without end", () => {
  // 256 KiB are all that an object may have; the patterns of numbers would take two minutes for the first of these values
  const long = [
    `${"1".repeat(250_000)}q`,
    "1".repeat(250_000),
    "1s".repeat(125_000),
    " ".repeat(250_000),
    "1.".repeat(125_000),
  ];

  it("take hardly more time than short ones, whatever setting they are of", async () => {
    for (const [name, { node }] of annotationSettings())
      for (const value of long) {
        if (node.kind !== "text") expect(check(node, value, name, []) === undefined, name).toBe(true);
        expect(await wrong({ [name]: value })).toBe(`${name} has more than 253 characters. No setting is so long`);
      }
  });

  it("are refused by the first ten of the names that nobody knows", async () => {
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`${P}max-replicas${i}`, ""]));
    const text = await wrong(many);
    expect(text.split("; ")).toHaveLength(11);
    expect(text).toMatch(/max-replicas10 is not a known annotation, nor are others$/);
  });

  it("are not kept, and a workload that has them is refused all the same", async () => {
    const names = Array.from({ length: 3000 }, (_, i) => [`${P}a${i}`, "1".repeat(80)]);
    const kept = ownAnnotations({ ...Object.fromEntries(names), [`${P}target-cpu`]: "1" });
    expect(JSON.stringify(kept).length).toBeLessThan(20_000);
    expect(await wrong(kept)).toMatch(/is not a known annotation/);
    const value = ownAnnotations({ [`${P}target-cpu`]: "1".repeat(250_000) });
    expect(JSON.stringify(value).length).toBeLessThan(500);
    expect(await wrong(value)).toMatch(/more than 253 characters/);
  });
});
