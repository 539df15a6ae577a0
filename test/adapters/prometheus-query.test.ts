/** The query of a target sees its own pods and nobody else's, whatever the names are. */
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  defaultQuery,
  duration,
  fillQuery,
  podPattern,
  podStartQuery,
  quotePromql,
} from "../../job/adapters/prometheus-query.ts";
import { config } from "../fakes/config.ts";

/** PromQL anchors its patterns. */
const matches = (kind: string, name: string, pod: string) => new RegExp(`^(?:${podPattern(kind, name)})$`).test(pod);

const safe = "bcdfghjklmnpqrstvwxz2456789";
/** Kubernetes' own rule: each decimal digit of a 32-bit number picks a letter. */
function templateHash(number: number): string {
  return [...String(number)].map((digit) => safe[digit.charCodeAt(0) % safe.length]).join("");
}
/** Kubernetes' own rule: the base is cut at 58 characters, then 5 letters follow. */
function generated(base: string, suffix: string): string {
  return base.slice(0, 58) + suffix;
}
const suffixes = fc.string({ unit: fc.constantFrom(...safe), minLength: 5, maxLength: 5 });
/** Numbers of 4 to 10 digits, each length as often as the others, and the ends. */
const anyHash = fc.oneof(
  fc.integer({ min: 4, max: 10 }).chain((n) => fc.integer({ min: 10 ** (n - 1), max: Math.min(10 ** n, 2 ** 32) - 1 })),
  fc.constantFrom(1000, 9999, 999_999_999, 1_000_000_000, 2 ** 32 - 1),
);
const names = fc.stringMatching(/^[a-z]([a-z0-9-]{0,60}[a-z0-9])?$/);

describe("pod names", () => {
  test("a Deployment's own pods match, at every length of name", () => {
    fc.assert(
      fc.property(names, anyHash, suffixes, (name, number, suffix) => {
        expect(matches("Deployment", name, generated(`${name}-${templateHash(number)}-`, suffix))).toBe(true);
      }),
    );
  });

  test("pods of a Deployment whose name merely begins alike do not match", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{1,15}$/),
        // letters of the hash's own alphabet are the hardest case
        fc.oneof(fc.stringMatching(/^[a-z0-9]{1,15}$/), anyHash.map(templateHash)),
        anyHash,
        suffixes,
        (name, more, number, suffix) => {
          expect(matches("Deployment", name, generated(`${name}-${more}-${templateHash(number)}-`, suffix))).toBe(
            false,
          );
        },
      ),
    );
  });

  test("the hash's own pattern takes what Kubernetes makes of a number, and of no other", () => {
    const web = (hash: string) => matches("Deployment", "web", `web-${hash}-x2x4z`);
    expect([1000, 34_567, 4_294_967_295].map(templateHash).map(web)).toEqual([true, true, true]);
    // 0999 and 4294967296 would be no decimal number, and no number of 32 bits; 999 is left out
    expect(
      ["4fff", [..."5000000000"].map((d) => safe[d.charCodeAt(0) % 27]).join(""), templateHash(999)].map(web),
    ).toEqual([false, false, false]);
  });

  test.each([
    ["Deployment", "web", "web-5d4f8c9b7-x2x4z", true],
    ["Deployment", "web", "web-5d4f-x2x4z", true],
    ["Deployment", "web", "web-bff-x2x4z", false],
    ["Deployment", "web", "web-bff-5d4f8c9b7-x2x4z", false],
    ["Deployment", "web", "web-5d4f-5d4f8c9b7-x2x4z", false],
    ["Deployment", "web", "web-29400000-x2x4z", false],
    ["Deployment", "web", "web-api-5d4f8c9b7-x2x4z", false],
    ["Deployment", "web", "web-canary-5d4f8c9b7-x2x4z", false],
    ["Deployment", "web", "web-0", false],
    ["Deployment", "web", "web-db-x2x4z", false],
    ["Deployment", "web", "web-x2x4z", false],
    ["Deployment", "web", "my-web-5d4f8c9b7-x2x4z", false],
    ["Deployment", "web.v1", "webxv1-5d4f8c9b7-x2x4z", false],
    ["Deployment", "web.v1", "web.v1-5d4f8c9b7-x2x4z", true],
    ["StatefulSet", "db", "db-0", true],
    ["StatefulSet", "db", "db-12", true],
    ["StatefulSet", "db", "db-1-0", false],
    ["StatefulSet", "db", "db-x2x4z", false],
    ["ReplicaSet", "web", "web-x2x4z", true],
    ["Rollout", "web", "web-5d4f8c9b7-x2x4z", true],
  ])("%s %s: %s is %s", (kind, name, pod, own) => {
    expect(matches(kind, name, pod)).toBe(own);
  });

  test("an unknown kind has no pattern and no default query", () => {
    expect(podPattern("Widget", "w")).toBeUndefined();
    const target = config({ scaleTargetRef: { apiVersion: "example.com/v1", kind: "Widget", name: "w" } });
    expect(defaultQuery(target, 60)).toBeUndefined();
    expect(podStartQuery(target)).toBeUndefined();
  });
});

describe("the default query", () => {
  test("leaves out the rows that count twice", () => {
    const query = defaultQuery(config(), 60)!;
    expect(query).toContain('namespace="shop"');
    expect(query).toContain('container!=""');
    expect(query).toContain('container!="POD"');
    expect(query).toContain("[60s]");
    expect(query).toMatch(/^sum\(max by \(namespace, pod, container\) \(sum without \(cpu\) \(rate\(/);
  });

  test("every selector takes the settings' matchers, escaped", () => {
    const matchers = { cluster: 'eu"1', team: "shop" };
    const inside = 'cluster="eu\\"1",team="shop"';
    expect(defaultQuery(config(), 60, matchers)).toContain(`container!="POD",${inside}}`);
    expect(podStartQuery(config(), matchers)!.split(`${inside}}`)).toHaveLength(3);
    expect(fillQuery("x{$matchers}", config(), matchers)).toBe(`x{${inside}}`);
    expect(fillQuery('x{a="b",$matchers}', config())).toBe('x{a="b",}');
  });

  test("the dashboard shows what the job reads", async () => {
    const target = config({
      namespace: "$namespace",
      scaleTargetRef: { ...config().scaleTargetRef, name: "$workload" },
    });
    const query = defaultQuery(target, 60)!.replace("\\\\$workload", "$workload").replace("[60s]", "[1m]");
    const dashboard = await readFile(new URL("../../manifests/monitoring/dashboard.json", import.meta.url), "utf8");
    expect(dashboard.split(JSON.stringify(query).slice(1, -1))).toHaveLength(3);
  });

  test("no name can end its string", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        // the inside of a Go string: every quote and backslash escaped, no raw line end
        expect(quotePromql(text)).toMatch(/^(?:[^"\\\n\r]|\\.)*$/s);
        expect(quotePromql(text).replace(/\\(.)/gs, (_, c: string) => ({ n: "\n", r: "\r" })[c] ?? c)).toBe(text);
      }),
    );
  });
});

describe("a query of the user's own", () => {
  const target = config();
  test("placeholders are filled, other dollars stay", () => {
    expect(fillQuery('x{ns="$namespace",n="$name",k="$kind",p=~"^a$"}', target)).toBe(
      'x{ns="shop",n="web",k="Deployment",p=~"^a$"}',
    );
    expect(fillQuery("$names $namespaced", target)).toBe("$names $namespaced");
  });
  test("$pods is the pattern of the pod names", () => {
    expect(fillQuery('x{pod=~"$pods"}', target)).toBe(`x{pod=~"${podPattern("Deployment", "web")}"}`);
  });
  test("values are escaped", () => {
    expect(fillQuery('"$name"', config({ scaleTargetRef: { apiVersion: "v1", kind: "K", name: 'a"b\\' } }))).toBe(
      '"a\\"b\\\\"',
    );
  });
});

test("durations", () => {
  expect([duration(60), duration(0.5), duration(90)]).toEqual(["60s", "500ms", "90s"]);
});
