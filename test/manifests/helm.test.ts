/** The chart as files, without Helm: the version is the package's, the dashboard and the rules those of manifests/monitoring. */
import { readFileSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const manifests = join(import.meta.dirname, "../../manifests");
const read = (file: string): string => readFileSync(join(manifests, file), "utf8");

describe("the chart's files", () => {
  test("chart, job and default images have one version", () => {
    const { version } = JSON.parse(read("../package.json")) as { version: string };
    expect(parse(read("helm/Chart.yaml"))).toMatchObject({ version, appVersion: version });
    expect(read("base/cronjob.yaml")).toContain(`image: prophet-autoscaler:${version}`);
  });

  test.each(["dashboard.json", "forecast-dashboard.json", "rules.yaml", "recording/recording-rules.yaml"])(
    "%s is a link, no second copy",
    (file) => {
      const link = join(manifests, "helm/files", basename(file));
      expect(realpathSync(link)).toBe(realpathSync(join(manifests, "monitoring", file)));
    },
  );

  test("the icon is that of the docs, and every value is told in the README", () => {
    const [, icon] = (parse(read("helm/Chart.yaml")) as { icon: string }).icon.split("base64,");
    expect(Buffer.from(icon!, "base64").toString()).toBe(read("../docs/img/icon.svg").trim());
    const rows = read("helm/README.md")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(60);
    for (const row of rows) {
      const [, , , meaning] = row.split(" | ".trim()).map((cell) => cell.trim());
      expect(meaning, row).toMatch(/\w.*\.$/);
      expect(meaning!.length, row).toBeLessThanOrEqual(140);
    }
  });

  test("no template sets an annotation on the state, replicas on a workload, or a floor on the HPA: an upgrade would reset it", () => {
    expect(read("helm/templates/state.yaml").replace(/^#.*$/gm, "")).not.toMatch(/^\s*(annotations|data):/m);
    expect(read("helm/templates/demo.yaml")).not.toMatch(/^\s*(replicas|minReplicas):/m);
  });
});
