/** scripts/release.ts: what it takes for a release, and what it would call. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildCommand, disagreements, type Facts, notesOf, releasedChart, STEPS } from "../scripts/release.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const facts: Facts = {
  version: "1.2.3",
  registry: "registry.example.com/team",
  source: "https://git.example.com/prophet-autoscaler",
  revision: "abc",
};

const CHANGELOG = `# Changelog

## 1.2.3, 2026-11-27

- One thing
  on two lines.
- Another.

## 1.2.30, 2026-11-01

- Older.
`;

/** The repository as it would be for a version. */
function at(version: string, changelog: string): (path: string) => string {
  return (path) => (path === "CHANGELOG.md" ? changelog : read(path).replaceAll("0.1.0", version));
}

describe("the notes", () => {
  it("are the version's own section", () => {
    expect(notesOf(CHANGELOG, "1.2.3")).toBe("- One thing\n  on two lines.\n- Another.");
    expect(notesOf(CHANGELOG, "1.2.30")).toBe("- Older.");
    expect(notesOf(CHANGELOG, "1.2")).toBe("");
  });

  it("of this version are there", () => {
    const { version } = JSON.parse(read("package.json")) as { readonly version: string };
    expect(notesOf(read("CHANGELOG.md"), version).length).toBeGreaterThan(100);
  });
});

describe("the check", () => {
  it("is content where everything says the version, and the changelog its day", () =>
    expect(disagreements("1.2.3", at("1.2.3", CHANGELOG))).toEqual([]));

  it("names each place that says another one", () => {
    const said = disagreements("1.2.3", at("1.2.2", CHANGELOG)).join("\n");
    for (const place of ["package.json", "package-lock.json", "version", "appVersion", "cronjob.yaml"])
      expect(said).toContain(place);
  });

  it("wants a section, and a day in its heading", () => {
    expect(disagreements("1.2.4", at("1.2.4", CHANGELOG))).toEqual(["CHANGELOG.md has no section 1.2.4"]);
    const undated = CHANGELOG.replace("1.2.3, 2026-11-27", "1.2.3, not released yet");
    expect(disagreements("1.2.3", at("1.2.3", undated))).toHaveLength(1);
  });
});

describe("an image", () => {
  it("is built for both platforms with its bill and provenance, and names its version, commit and source", () => {
    const argv = buildCommand("prophet-autoscaler", facts).join(" ");
    expect(argv).toMatch(/--platform linux\/amd64,linux\/arm64 --sbom=true --provenance=mode=max/);
    for (const fact of ["VERSION=1.2.3", "REVISION=abc", `SOURCE=${facts.source}`]) expect(argv).toContain(fact);
    expect(argv).toContain("name=registry.example.com/team/prophet-autoscaler:1.2.3,push=true");
    // the Dockerfile takes what it is given
    for (const name of ["VERSION", "REVISION", "SOURCE"]) expect(read("Dockerfile")).toContain(`ARG ${name}`);
  });
});

describe("the chart", () => {
  it("says where it is from, which images it runs, and what changed", () => {
    const chart = parse(releasedChart(read("manifests/helm/Chart.yaml"), facts, notesOf(CHANGELOG, "1.2.3"))) as {
      readonly version: string;
      readonly appVersion: string;
      readonly sources: readonly string[];
      readonly annotations: Readonly<Record<string, string>>;
    };
    expect([chart.version, chart.appVersion, chart.sources]).toEqual(["1.2.3", "1.2.3", [facts.source]]);
    expect(parse(chart.annotations["artifacthub.io/changes"]!)).toEqual(["One thing on two lines.", "Another."]);
    expect(parse(chart.annotations["artifacthub.io/images"]!)).toContainEqual({
      name: "prophet-autoscaler",
      image: "registry.example.com/team/prophet-autoscaler:1.2.3",
      platforms: ["linux/amd64", "linux/arm64"],
    });
    expect(chart.annotations["artifacthub.io/license"]).toBe("Apache-2.0");
  });
});

describe("the workflow", () => {
  it("calls every step, in order; the site is made before what is attached to the draft", () => {
    const called = [...read(".github/workflows/release.yml").matchAll(/npm run release -- (\w+) "\$VERSION"/g)];
    expect(called.map(([, step]) => step)).toEqual(Object.keys(STEPS));
    expect(Object.keys(STEPS).indexOf("site")).toBeLessThan(Object.keys(STEPS).indexOf("assets"));
  });
});
