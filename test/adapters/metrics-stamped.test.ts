/** Samples that a server refuses for their time, among many: the others arrive, by a bounded number of requests. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { MetricsError } from "../../job/adapters/metrics-http.ts";
import { type Families, sendByTime } from "../../job/adapters/metrics-stamped.ts";

const NOW = 1_700_000_000;
/** Samples of two families for each target, for a time ahead; the first family has none of every third. */
const familiesOf = (targets: number): Families =>
  ["first", "second"].map((name, k) => ({
    name,
    help: name,
    labels: ["namespace", "kind", "name"],
    samples: Array.from({ length: targets }, (_, i) => ({
      labels: { namespace: "shop", kind: "Deployment", name: `t${i}` },
      value: i + k / 2,
      at: NOW + 60,
    })).filter((_, i) => k === 1 || i % 3 !== 0),
  }));
const flat = (families: Families) =>
  families.flatMap(({ name, samples }) => samples.map(({ labels, value }) => `${name} ${labels.name} ${value}`)).sort();

/** A server that refuses a request as a whole if it has a sample of one of these targets. */
async function sendTo(refuses: (target: number) => boolean, targets: number) {
  const [arrived, lines]: [string[], string[]] = [[], []];
  let posts = 0;
  const post = async (part: Families) => {
    posts++;
    expect(new Set(part.map(({ name }) => name)).size).toBe(part.length);
    if (part.some(({ samples }) => samples.some(({ labels }) => refuses(Number(labels.name!.slice(1))))))
      throw new MetricsError("metrics to x: 400: out of order sample", 400);
    arrived.push(...flat(part));
  };
  await sendByTime(familiesOf(targets), NOW, post, (level, text) => void lines.push(`${level}: ${text}`));
  return { arrived: arrived.sort(), posts, lines };
}
const targetOf = (line: string) => Number(/ t(\d+) /.exec(line)![1]);

it("a few that are refused: all others arrive once, and each of the few is named", async () => {
  const few = fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.uniqueArray(fc.nat(2999), { maxLength: 4 }));
  const check = async ([targets, some]: [number, number[]]) => {
    const refused = some.filter((i) => i < targets);
    const { arrived, posts, lines } = await sendTo((i) => refused.includes(i), targets);
    expect(arrived).toEqual(flat(familiesOf(targets)).filter((line) => !refused.includes(targetOf(line))));
    expect(lines).toHaveLength(refused.length);
    for (const line of lines) expect(line).toMatch(/^debug: .*Deployment\/t\d+ is left out$/);
    expect(posts).toBeLessThanOrEqual(1 + 2 * refused.length * Math.ceil(Math.log2(targets + 1)));
  };
  await fc.assert(fc.asyncProperty(few, check), { numRuns: 60 });
});

it.each([
  ["those of one namespace", (i: number) => i >= 2500 && i < 4000, 0.97],
  ["one in a hundred", (i: number) => i % 100 === 50, 0],
  ["all", () => true, 0],
])(
  "%s of 10,000 that are refused: no more than 256 requests, and one warning with the number",
  async (_, refuses, share) => {
    const { arrived, posts, lines } = await sendTo(refuses, 10_000);
    expect(posts).toBeLessThanOrEqual(256);
    expect(arrived.every((line) => !refuses(targetOf(line)))).toBe(true);
    const sound = flat(familiesOf(10_000)).filter((line) => !refuses(targetOf(line)));
    expect(arrived.length).toBeGreaterThanOrEqual(share * sound.length);
    const warnings = lines.filter((line) => line.startsWith("warn"));
    expect(warnings).toHaveLength(1);
    const named = new Set(arrived.map(targetOf)).size + lines.length - 1;
    expect(warnings[0]).toContain(`the forecasts of ${10_000 - named} targets are left out in this run`);
  },
);

it("another failure ends it at once", async () => {
  let posts = 0;
  const post = async () => {
    posts++;
    throw new MetricsError("metrics to x: 400: out of bounds", posts === 1 ? 400 : 503);
  };
  await expect(sendByTime(familiesOf(50), NOW, post, () => {})).rejects.toThrow("metrics to x");
  expect(posts).toBe(2);
});
