/** Chart.yaml as Artifact Hub reads it: of the repository, and as a release fills it in. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { releasedChart } from "../../scripts/release.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

interface Chart {
  readonly version: string;
  readonly appVersion: string;
  readonly kubeVersion: string;
  readonly description: string;
  readonly type: string;
  readonly icon: string;
  readonly home?: string;
  readonly sources?: readonly string[];
  readonly keywords: readonly string[];
  readonly maintainers: readonly { readonly name: string }[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** The categories that Artifact Hub knows. */
const CATEGORIES = [
  "ai-machine-learning",
  "database",
  "integration-delivery",
  "monitoring-logging",
  "networking",
  "security",
  "skip-prediction",
  "storage",
  "streaming-messaging",
];

/** The annotations whose text is YAML itself. */
const YAML_TEXTS = ["images", "links", "changes"];

const text = read("manifests/helm/Chart.yaml");
const facts = {
  version: "1.2.3",
  registry: "registry.example.com/team",
  source: "https://git.example.com/prophet-autoscaler",
  revision: "abc",
};
const released = (more: Partial<typeof facts> = {}) =>
  parse(releasedChart(text, { ...facts, ...more }, "- One thing.\n- Another: with a colon.")) as Chart;
const noted = ({ annotations }: Chart, name: string): string => annotations[`artifacthub.io/${name}`] ?? "";

describe.each([
  ["in the repository", parse(text) as Chart],
  ["of a release", released()],
])("Chart.yaml %s", (_, chart) => {
  it("says in words what the chart is, for whom and under which licence", () => {
    expect(chart).toMatchObject({ apiVersion: "v2", name: "prophet-autoscaler", type: "application" });
    expect(chart.description.length).toBeGreaterThan(40);
    expect(chart.maintainers[0]!.name).toMatch(/\w/);
    expect(chart.kubeVersion).toMatch(/^>=1\.\d+\.0-0$/);
    expect(chart.keywords).toEqual(expect.arrayContaining(["autoscaling", "predictive", "prometheus", "hpa"]));
    expect(new Set(chart.keywords).size).toBe(chart.keywords.length);
    expect(CATEGORIES).toContain(noted(chart, "category"));
    const { license } = JSON.parse(read("package.json")) as { license: string };
    expect(noted(chart, "license")).toBe(license);
    expect(noted(chart, "operator")).toBe("false");
  });

  it("has annotations that are texts, as Kubernetes and Helm want them, and that Artifact Hub knows", () => {
    const known = ["category", "changes", "images", "license", "links", "operator", "prerelease"];
    for (const [key, value] of Object.entries(chart.annotations)) {
      expect(known).toContain(key.replace(/^artifacthub\.io\//, ""));
      expect(typeof value).toBe("string");
    }
  });

  it("has the icon of the docs in itself: an SVG picture", () => {
    const [, icon] = /^data:image\/svg\+xml;base64,(.+)$/.exec(chart.icon)!;
    const svg = Buffer.from(icon!, "base64").toString();
    expect(svg).toBe(read("docs/img/icon.svg").trim());
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*>.*<\/svg>$/s);
  });
});

describe("a released chart", () => {
  const chart = released();

  it("has annotations that are lists in YAML", () => {
    for (const name of YAML_TEXTS) expect(parse(noted(chart, name)), name).toBeInstanceOf(Array);
    // no anchors: other readers than ours may not follow them
    expect(noted(chart, "images")).not.toMatch(/[&*]a1/);
    expect(parse(noted(chart, "changes"))).toEqual(["One thing.", "Another: with a colon."]);
  });

  it("names the images that it installs by default, with the tag of its appVersion, for both platforms", () => {
    interface Value {
      readonly image: { readonly repository: string; readonly tag: string };
    }
    const values = parse(read("manifests/helm/values.yaml")) as Value & { readonly demo: Value };
    const images = parse(noted(chart, "images")) as readonly { name: string; image: string; platforms: string[] }[];
    for (const { image } of [values, values.demo]) {
      // an empty tag is the appVersion
      expect(image.tag).toBe("");
      const named = images.find(({ name }) => name === image.repository);
      expect(named?.image).toBe(`${facts.registry}/${image.repository}:${chart.appVersion}`);
      expect(named?.platforms).toEqual(["linux/amd64", "linux/arm64"]);
    }
    expect(images).toHaveLength(2);
  });

  it("links to the source of its own version, and to files that are there", () => {
    expect([chart.home, chart.sources]).toEqual([facts.source, [facts.source]]);
    const links = parse(noted(chart, "links")) as readonly { name: string; url: string }[];
    expect(links.map(({ name }) => name)).toEqual(["Documentation", "Changes", "Support"]);
    for (const { url } of links) {
      expect(url.startsWith(`${facts.source}/`), url).toBe(true);
      const [, path] = /\/(?:tree|blob)\/v1\.2\.3\/(.+)$/.exec(url) ?? [];
      if (path !== undefined) expect(existsSync(join(ROOT, path)), path).toBe(true);
    }
  });

  it("says whether it comes before a release", () => {
    expect(noted(chart, "prerelease")).toBe("false");
    expect(noted(released({ version: "1.2.3-rc.1" }), "prerelease")).toBe("true");
  });

  it("says nothing of a source that is not known", () => {
    const local = released({ source: "" });
    expect([local.home, local.sources, local.annotations["artifacthub.io/links"]]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
