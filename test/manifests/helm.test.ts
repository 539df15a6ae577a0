/** The chart as files, without Helm: the version is the package's, the dashboard and the rules those of manifests/monitoring. */
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const manifests = join(import.meta.dirname, "../../manifests");
const read = (file: string): string => readFileSync(join(manifests, file), "utf8");

/** Every field of values.yaml, as a path. */
function fieldsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [[...path]];
  const entries = Object.entries(value);
  return entries.length === 0 ? [[...path]] : entries.flatMap(([key, field]) => fieldsOf(field, [...path, key]));
}

describe("the chart's files", () => {
  test("chart, job and default images have one version", () => {
    const { version } = JSON.parse(read("../package.json")) as { version: string };
    expect(parse(read("helm/Chart.yaml"))).toMatchObject({ version, appVersion: version });
    expect(read("base/cronjob.yaml")).toContain(`image: prophet-autoscaler:${version}`);
  });

  test.each(["dashboard.json", "rules.yaml"])("%s is a link, no second copy", (file) => {
    expect(realpathSync(join(manifests, "helm/files", file))).toBe(realpathSync(join(manifests, "monitoring", file)));
  });

  test("every value is used by a template", () => {
    const templates = readdirSync(join(manifests, "helm/templates"))
      .map((file) => read(`helm/templates/${file}`))
      .join("\n");
    // `config` goes into the job's file as a whole
    const { config: _config, ...values } = parse(read("helm/values.yaml")) as Record<string, unknown>;
    for (const path of fieldsOf(values)) {
      // fields of requests, limits and labels are passed on by their parent
      const known = path.filter((part) => !/^(cpu|memory|requests|limits|release|grafana_dashboard)$/.test(part));
      expect(templates, path.join(".")).toMatch(new RegExp(`\\.${known.at(-1)}\\b`));
    }
  });

  test("no template sets an annotation on the state, replicas on a workload, or a floor on the HPA: an upgrade would reset it", () => {
    expect(read("helm/templates/state.yaml").replace(/^#.*$/gm, "")).not.toMatch(/^\s*(annotations|data):/m);
    expect(read("helm/templates/demo.yaml")).not.toMatch(/^\s*(replicas|minReplicas):/m);
  });
});
