/** The monitoring manifests as files: both forms of the rules agree, and rules and dashboard ask what the job asks. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { podPattern } from "../../job/adapters/prometheus-query.ts";
import { RECORDED_KINDS, RECORDED_WINDOW, RECORDS } from "../../job/adapters/prometheus-records.ts";

const read = (file: string): string => readFileSync(join(import.meta.dirname, "../../manifests", file), "utf8");

describe("monitoring", () => {
  test("the operator's rules are the plain ones", () => {
    expect(parse(read("monitoring/operator/prometheusrule.yaml")).spec).toEqual(parse(read("monitoring/rules.yaml")));
  });

  test("each alert on the metrics of runs has its line in docs/metrics.md", () => {
    const { groups } = parse(read("monitoring/rules.yaml")) as {
      groups: { name: string; rules: { alert: string }[] }[];
    };
    const alerts = groups.find(({ name }) => name === "prophet-autoscaler-runs")!.rules.map(({ alert }) => alert);
    const lines = [...read("../docs/metrics.md").matchAll(/^\| `(ProphetAutoscaler\w+)` \|/gm)].map(([, name]) => name);
    expect(lines.sort(), "the table of docs/metrics.md beside the alerts of rules.yaml").toEqual(alerts.sort());
  });

  test("the operator's recording rules are the plain ones, of the interval, the window, the kinds and the pods' names that the job knows", () => {
    const text = read("monitoring/recording/recording-rules.yaml");
    const plain = parse(text) as { groups: { interval: string; rules: { record: string }[] }[] };
    expect(parse(read("monitoring/recording/prometheusrule.yaml")).spec).toEqual(plain);
    const [{ interval, rules }] = plain.groups as [(typeof plain.groups)[0]];
    expect(interval).toBe("15s");
    expect(rules.map(({ record }) => record).slice(1)).toEqual(Object.values(RECORDS));
    expect(text).toContain(`pod=~".+${podPattern("Deployment", "")}"`);
    expect(RECORDED_WINDOW).toBe(60);
    const kinds = [...text.matchAll(/label_replace\(vector\(1\), "kind", "(\w+)", "", ""\)/g)];
    expect(kinds.map(([, kind]) => kind)).toEqual(RECORDED_KINDS);
    for (const kind of RECORDED_KINDS) expect(podPattern(kind, "web"), kind).toBeDefined();
  });

  test("the dashboard shows the query that the job asks", () => {
    const dashboard = JSON.parse(read("monitoring/dashboard.json")) as {
      panels: { id: number; targets: { expr: string }[] }[];
    };
    expect(new Set(dashboard.panels.map((panel) => panel.id)).size).toBe(dashboard.panels.length);
    expect(dashboard.panels[0]!.targets[0]!.expr).toContain(podPattern("Deployment", "W")!.slice(1));
  });

  test("an alert tells the age of the last success", () => {
    expect(read("monitoring/rules.yaml")).toContain("kube_cronjob_status_last_successful_time");
  });
});
