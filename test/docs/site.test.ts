/** The site: its pages in the order in which a stranger reads them, and on each what it is there for. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string): string => readFileSync(path, "utf8");

/** Read as text: VitePress is installed only where the site is built. */
const config = read("docs/.vitepress/config.mts");
/** The links of the sidebar, from its beginning. */
const links = [...config.slice(config.indexOf("sidebar:")).matchAll(/link: "(\/[^"]*)" \}/g)].map(([, link]) => link!);

/** From what it is to what one looks up. Other pages may stand between them. */
const ORDER = [
  "/",
  "/ten-minutes",
  "/evening",
  "/concepts",
  "/glossary",
  "/installing",
  "/choosing-settings",
  "/any-metric",
  "/many-targets",
  "/managed-prometheus",
  "/gitops",
  "/clusters",
  "/migrating",
  "/troubleshooting",
  "/faq",
  "/how-it-decides",
  "/cli",
  "/configuration",
  "/reasons",
  "/metrics-reference",
  "/output",
];

/** What a reader looks for on a page. */
const CONTENTS: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  index: ["**HPA**", "**KEDA**", "`cron`", "`predictkube`", "**VPA**", "**PHPA**", "**Kapacity**", "**Crane**"],
  "managed-prometheus": [
    /^## Amazon/m,
    /^## Google/m,
    /^## Azure/m,
    /^## Grafana Cloud/m,
    /^## OpenShift/m,
    /^## Thanos and Mimir/m,
  ],
  gitops: [/^## The safe hand-over/m, /^## Argo CD/m, /^## Flux/m],
  clusters: [
    /^## Sidecars/m,
    /^## PodDisruptionBudgets/m,
    /^## Canaries/m,
    /^## Quotas and LimitRanges/m,
    /^## Proxies/m,
    /^## IPv6/m,
    /^## arm64/m,
    /^## Air-gapped registries/m,
  ],
  migrating: [
    /^## From an HPA/m,
    "`metrics[].resource`",
    "`metrics[].containerResource`",
    "`metrics[].pods`",
    "`metrics[].object`",
    "`metrics[].external`",
    "`behavior`",
    /^## From KEDA/m,
    "ScaledObject",
    "ScaledJob",
    "TriggerAuthentication",
    "trigger `cron`",
    /^## From PHPA/m,
    "PredictiveHorizontalPodAutoscaler",
    "`models[]`",
  ],
  reasons: [/^## Reasons of a decision/m, /Events/, /[Ee]xit codes/, /^## Annotations/m],
  cli: ["`--config`", /[Ee]xit code/],
  "how-it-decides": [
    "Vovk et al. 2005",
    "Tashman 2000",
    "Winters 1960",
    "decisions/0002",
    "decisions/0003",
    "decisions/0004",
  ],
};

/** What users of other autoscalers complain about, by words of its question in the FAQ. */
const COMPLAINTS: Readonly<Record<string, RegExp>> = {
  "an empty answer read as 0": /empty or partial result/,
  "a fallback that removes pods": /fallback ever remove/,
  "one bad metric pins the maximum": /pin my replicas/,
  "GitOps resets the replicas": /Argo CD resets/,
  "two scalers fight": /keep my HPA/,
  "pods of overlapping names": /`web-api`/,
  "CPU while pods start": /burn CPU while they start/,
  "counters after a restart": /counter begins at 0/,
  "a cold start without history": /days of history/,
  "too much to tune": /How many settings/,
  "no dry run": /without scaling anything/,
  "why did it scale": /Why did it scale/,
  "holidays, weekends, time zones": /holidays, weekends/,
  "rights too wide": /Which rights/,
  "many objects": /thousand workloads/,
  "an outage upstream": /outage upstream/,
};

describe("the site", () => {
  it("has the pages in a reader's order", () => {
    expect(links.filter((link) => ORDER.includes(link))).toEqual(ORDER);
    expect(config).toContain('search: { provider: "local" }');
  });

  it("lists no page twice, and none that does not exist", () => {
    expect(new Set(links).size).toBe(links.length);
    const lost = links.filter((link) => !existsSync(`docs${link === "/" ? "/index" : link}.md`));
    expect(lost).toEqual([]);
  });

  it("has every decision", () => {
    const decisions = globSync("docs/decisions/*.md").map((path) => path.replace(/^docs|\.md$/g, ""));
    expect(decisions.filter((link) => !links.includes(link))).toEqual([]);
  });

  it.each(Object.entries(CONTENTS))("%s has what a reader looks for", (page, contents) => {
    const text = read(`docs/${page}.md`);
    const missing = contents.filter((one) => (typeof one === "string" ? !text.includes(one) : !one.test(text)));
    expect(missing).toEqual([]);
  });

  it("says what it is in one picture and 150 words", () => {
    const [first] = read("docs/index.md").split(/^## /m);
    expect(first!.match(/!\[/g)).toHaveLength(1);
    const words = first!.replace(/!\[.*?\]\(.*?\)/g, "").match(/\b[\w/`-]+\b/g) ?? [];
    expect(words.length).toBeLessThanOrEqual(150);
  });
});

describe("the FAQ", () => {
  const questions = [...read("docs/faq.md").matchAll(/^\*\*(.*)\*\*$/gm)].map(([, question]) => question!);

  it.each(Object.entries(COMPLAINTS))("answers: %s", (_, words) => {
    expect(questions.filter((question) => words.test(question))).toHaveLength(1);
  });
});
