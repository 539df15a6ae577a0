/** The dashboard of forecast and decisions as a file: every query is about the one workload, every name is a metric that is sent, and what is promised is shown. */
import { describe, expect, test } from "vitest";
import { METRIC_PREFIX, METRIC_TABLE, type MetricRow } from "../../job/report/metric-table.ts";
import { dashboardText } from "../../scripts/dashboard.ts";

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly fieldConfig?: { readonly overrides: readonly Override[] };
  readonly targets?: readonly { readonly expr: string; readonly refId: string; readonly legendFormat?: string }[];
}
interface Override {
  readonly matcher: { readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}
const dashboard = JSON.parse(dashboardText()) as {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string; readonly textFormat: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
};
const panelOf = (title: string) => dashboard.panels.find((panel) => panel.title === title)!;
const exprs = (title: string) => panelOf(title).targets!.map(({ expr }) => expr);
const queries = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...dashboard.annotations.list.map(({ expr }) => ["annotation", expr] as const),
];
const ofRuns = new RegExp(`${METRIC_PREFIX}(\\w+)(?:\\{([^}]*)\\})?`, "g");
const matchersOf = (text = "") =>
  text
    .split(",")
    .filter(Boolean)
    .map((each) => /^(\w+)(=~|!~|!=|=)"(.*)"$/.exec(each)!);

describe("the queries of the dashboard", () => {
  test.each(queries)("%s: %s", (_title, expr) => {
    const selectors = [...expr.matchAll(ofRuns)];
    expect(selectors.length + (/kube_\w+\{/.test(expr) ? 1 : 0)).toBeGreaterThan(0);
    for (const [whole, name, inner] of selectors) {
      const row: MetricRow | undefined = Object.hasOwn(METRIC_TABLE, name!)
        ? METRIC_TABLE[name as keyof typeof METRIC_TABLE]
        : undefined;
      expect(row, whole).toBeDefined();
      const matchers = matchersOf(inner);
      // a whole name in each: `web` is not `web-api`
      for (const [text, label, operator] of matchers) {
        expect(operator, text).toBe("=");
        expect(row!.labels, text).toContain(label);
      }
      const given = Object.fromEntries(matchers.map(([, label, , value]) => [label, value]));
      if (row!.labels.includes("name"))
        expect(given, whole).toMatchObject({ namespace: "$namespace", kind: "$kind", name: "$workload" });
    }
    for (const [whole, inner] of [...expr.matchAll(/kube_\w+\{([^}]*)\}/g)].map((m) => [m[0], m[1]] as const)) {
      const given = Object.fromEntries(
        matchersOf(inner).map(([, label, operator, value]) => [label, `${operator}${value}`]),
      );
      expect(Object.values(given).sort(), whole).toEqual(["=$namespace", "=$workload"]);
    }
  });

  test("of one metric name it, where each metric has its own line", () => {
    for (const title of [
      "Load, and what was forecast for it",
      "Error of the forecast over that of the last value",
      "Share of the load within the 90 % band",
    ])
      for (const expr of exprs(title))
        for (const [whole, , inner] of expr.matchAll(ofRuns)) expect(inner, whole).toContain('metric="$metric"');
  });
});

describe("the dashboard shows", () => {
  const mark = (title: string, name: string) =>
    Object.fromEntries(
      panelOf(title)
        .fieldConfig!.overrides.find(({ matcher }) => matcher.options === name)!
        .properties.map(({ id, value }) => [id, value]),
    );
  const line = (title: string, legend: string) =>
    panelOf(title).targets!.find(({ legendFormat }) => legendFormat === legend)!.expr;

  test("first the load as points, the forecast for that moment as a curve with its band, and the replicas", () => {
    const [row, load, replicas] = dashboard.panels;
    expect(row!.type).toBe("row");
    const first = load!.title;
    expect(line(first, "measured")).toContain(`${METRIC_PREFIX}load{`);
    expect(mark(first, "measured")["custom.drawStyle"]).toBe("points");
    for (const [legend, level] of [
      ["forecast", "0.5"],
      ["95 %", "0.95"],
      ["5 %", "0.05"],
    ] as const)
      expect(line(first, legend)).toMatch(new RegExp(`^${METRIC_PREFIX}forecast\\{.*,level="${level}"\\}$`));
    expect(mark(first, "95 %")["custom.fillBelowTo"]).toBe("5 %");
    const second = replicas!.title;
    expect(line(second, "needed")).toContain("needed_replicas");
    expect(line(second, "ordered")).toContain("desired_replicas");
    expect(line(second, "ready")).toContain("_status_replicas_ready");
  });

  test("each change with its reason as an annotation", () => {
    const [{ expr, textFormat } = { expr: "", textFormat: "" }] = dashboard.annotations.list;
    expect(textFormat).toBe("{{reason}}");
    expect(expr).toContain(`${METRIC_PREFIX}reason{`);
    expect(expr).toContain('action="scaled"} == 1');
  });

  test("skill against what came, coverage, blind and held time", () => {
    const [lastHour, inWindow] = exprs("Error of the forecast over that of the last value");
    const [ours, naive] = lastHour!.split(" / ");
    expect(ours).toContain(`${METRIC_PREFIX}forecast{`);
    expect(naive).toContain(`${METRIC_PREFIX}forecast_last_value{`);
    expect(inWindow).toContain("forecast_skill_ratio");
    expect(exprs("Share of the load within the 90 % band")[0]).toMatch(
      />= bool .*level="0\.05".*<= bool .*level="0\.95"/,
    );
    expect(exprs("Share of the load within the 90 % band")[1]).toContain("forecast_coverage_ratio");
    expect(exprs("Without usable data")[0]).toContain("blind_seconds");
    const [held, lastDay] = exprs("Replicas held");
    expect(held).toContain("held_seconds");
    expect(lastDay).toContain('action="held"');
  });

  test.each(["Pods, beside those of an HPA", "Pod-hours", "Money", "Time below the demand"])(
    "%s: ours, then the HPA's, by the same query",
    (title) => {
      const [ours, hpa] = exprs(title);
      expect(ours).toContain(`${METRIC_PREFIX}desired_replicas{`);
      expect(hpa).toBe(ours!.replaceAll(`${METRIC_PREFIX}desired_replicas`, `${METRIC_PREFIX}hpa_desired_replicas`));
      expect(panelOf(title).targets!.map(({ legendFormat, refId }) => [legendFormat, refId])).toEqual([
        ["ordered", "A"],
        ["HPA", "B"],
      ]);
    },
  );

  test("money by the price that a person gives", () => {
    const [hours] = exprs("Pod-hours");
    expect(exprs("Money")[0]).toBe(`${hours} * $price`);
    expect(dashboard.templating.list.find(({ name }) => name === "price")).toMatchObject({
      type: "textbox",
      query: "1",
    });
  });
});
