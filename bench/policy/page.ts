/** The page and the pictures of the policy bench. */
import { ratios, type Scores } from "./matrix.ts";

/** All that the bench measured. */
export interface PolicyResults {
  readonly source: string;
  readonly names: readonly string[];
  /** By start-up seconds. */
  readonly main: Readonly<Record<number, Scores>>;
  readonly fronts: Readonly<Record<number, Scores>>;
  readonly sensitivity: Scores;
}

/** docs/policy.md. */
export function policyPage(results: PolicyResults): string {
  const startups = Object.keys(results.main)
    .map(Number)
    .sort((a, b) => a - b);
  return `# The policy, measured

Written by \`npm run bench -- policy\` over ${results.names.length} series: ${results.source}. Each series is played at 15 s steps under every policy in a
modelled workload: a pod serves 0.5 core, is ready some time after the decision, scaling in takes effect at once. HPA is the simulation that is checked against
the controller's own code (test/oracle/hpa), with its defaults at 70 %, every 15 s; ours decides once a minute unless a row says otherwise, at one set of defaults for all series.

- cost: pod-hours, geometric mean of the ratios to HPA's; under: share of steps with demand above what ready pods can serve; unserved: share of the demand above it;
  actions: changes of replicas. The last three are ratios of the means over series.
- "worse" counts series on which a policy costs more than HPA and is under more often at the same time.

${startups.map((s) => `## Pods that need ${s} s to start\n\n${table(results.main[s]!)}\n\n![front](policy/front-${s}.svg)\n`).join("\n")}
## One setting changed at a time, 30 s

${table(results.sensitivity)}

## Every series, 30 s

Cost as a ratio to HPA's; under and unserved in percent of steps and of demand, HPA's in brackets.

${perSeries(results)}

${LIMITS}`;
}

const LIMITS = `## What cannot be won

- A quantile that leaves 0.4 of the HPA's unserved load buys much of it from a few series: where spikes come hours apart and are over in a minute, it costs 2 to 3 times the HPA.
- A spike that nothing announces is unserved until pods are ready: start-up plus, for one run a minute, up to a minute of waiting. No quantile of the past buys it
  unless spikes are frequent in the window; following the slope of a surge shortens the time after its first sign only.
- Perfect foresight at one decision a minute (the row \`oracle\`) shows what is left to gain.
- On series of an hour and less (the two of 59 minutes) the window is short and the gain in cost is small.
- Series here are proxies (requests, tokens, CPU percent scaled to cores), some of them 5-minute samples read as minutes: shapes matter, not amounts. On loads that
  nobody built on expect some percent less.
`;

function table(scores: Scores): string {
  const rows = Object.entries(scores).map(([label, list]) => {
    const r = ratios(list, scores.hpa!);
    const under = mean(list.map((s) => s.under)) * 100;
    const unserved = mean(list.map((s) => s.unserved)) * 100;
    return `| ${label} | ${r.cost.toFixed(3)} | ${r.under.toFixed(3)} | ${r.unserved.toFixed(3)} | ${r.actions.toFixed(2)} | ${under.toFixed(2)} % | ${unserved.toFixed(2)} % | ${r.worse.length} |`;
  });
  return `| policy | cost | under | unserved | actions | mean under | mean unserved | worse |\n|---|---|---|---|---|---|---|---|\n${rows.join("\n")}`;
}

function perSeries(results: PolicyResults): string {
  const scores = results.main[30] ?? Object.values(results.main)[0]!;
  const labels = Object.keys(scores).filter((l) => l.startsWith("auto") || l === "the original, each minute");
  const head = `| series | ${labels.map((l) => `${l}: cost | under | unserved`).join(" | ")} |\n|---|${labels.map(() => "---|---|---|").join("")}`;
  const rows = results.names.map((name, i) => {
    const hpa = scores.hpa![i]!;
    const cells = labels.map((l) => {
      const s = scores[l]![i]!;
      return `${(s.podHours / hpa.podHours).toFixed(2)} | ${pct(s.under)} (${pct(hpa.under)}) | ${pct(s.unserved)} (${pct(hpa.unserved)})`;
    });
    return `| ${name} | ${cells.join(" | ")} |`;
  });
  return `${head}\n${rows.join("\n")}`;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const pct = (share: number) => (share * 100).toFixed(2);
