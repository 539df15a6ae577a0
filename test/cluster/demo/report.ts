/** What a demo says at its end: waves, cost, service and requests of both policies; text for a person and the numbers of report.json. */
import type { DemoPanel } from "./picture.ts";
import { modelledHpa } from "./reactive.ts";
import type { DemoResult, Side } from "./run.ts";
import { type Score, scoreOf, type Wave, wavesOf } from "./waves.ts";

/** Target CPU of a pod in the demo's manifests, cores. */
export const PER_POD = 0.05;

/** A report. `failures`: sentences that say what was not seen; empty when the demo has shown what it is for. */
export interface Report {
  readonly text: string;
  readonly numbers: object;
  readonly panels: readonly DemoPanel[];
  readonly failures: readonly string[];
}

/** Sums up a run with waves of `period` seconds. `what`: the kind of pods. */
export function reportOf(result: DemoResult, period: number, what: string): Report {
  const { ours, other, runs } = result;
  const panels = [ours, other].map((side) => ({
    title: side.title,
    samples: side.samples,
    waves: wavesOf(side.samples, period),
    runs: side === ours ? runs : [],
  }));
  const [our, their] = [panels[0]!.waves, panels[1]!.waves];
  const model = scoreOf(modelledHpa(other.samples), PER_POD);
  const text = [
    `with ${what}, waves of ${period} s, ${runs.length} runs of the autoscaler:`,
    ...[ours, other].flatMap((side, i) => ["", ...sideText(side, panels[i]!.waves)]),
    "",
    `HPA-like: HPA v2's algorithm every 15 s with a scale-in window of 60 s. With HPA's default of 300 s it would have`,
    `taken ${scoreText(model)} (modelled over the same CPU).`,
  ];
  const side = (s: Side, waves: readonly Wave[]) => ({
    title: s.title,
    ...scoreOf(s.samples, PER_POD),
    requests: s.served,
    waves,
    samples: s.samples,
  });
  return {
    text: text.join("\n"),
    numbers: {
      what,
      period,
      perPod: PER_POD,
      runs,
      panels: [side(ours, our), side(other, their)],
      modelledHpa300: model,
    },
    panels,
    failures: [...lateWaves(our), ...noAdvantage(our, their)],
  };
}

/** From the second wave on: the first knows no wave yet. */
function lateWaves(waves: readonly Wave[]): string[] {
  if (waves.length < 2) return ["the run was too short: a second wave did not come to its peak"];
  const late = waves.slice(1).filter((w) => !(w.beforePeak !== null && w.beforePeak > 0));
  return late.map((w) => `in wave ${w.index} the replicas did not rise before the load peaked`);
}

/** Rising before the peak is no feat where pods start in seconds: the rise must also come earlier than a reactive policy's. */
function noAdvantage(ours: readonly Wave[], theirs: readonly Wave[]): string[] {
  const [our, their] = [meanLead(ours), meanLead(theirs)];
  if (our === null || their === null || our > their) return [];
  return [
    `from the second wave on the lead was ${our.toFixed(0)} s in the mean, ${their.toFixed(0)} s under the HPA-like policy`,
  ];
}

/** Mean lead from the second wave on, seconds; null without a rise. */
export function meanLead(waves: readonly Wave[]): number | null {
  const leads = waves.slice(1).flatMap((w) => (w.lead === null ? [] : [w.lead]));
  return leads.length === 0 ? null : leads.reduce((sum, lead) => sum + lead, 0) / leads.length;
}

function sideText({ title, samples, served }: Side, waves: readonly Wave[]): string[] {
  const mean = meanLead(waves);
  return [
    `${title}: ${scoreText(scoreOf(samples, PER_POD))}`,
    served === null
      ? "  requests: not known, the generator broke off"
      : `  requests: ${served.sent} sent, ${served.ok} answered with 200, ${failedText(served.failed)}; latency p50 ${served.p50} s, p99 ${served.p99} s`,
    ...waves.map((w) => `  wave ${w.index}: ${waveText(w)}`),
    ...(mean === null
      ? []
      : [`  lead of the replicas over the load, mean of the waves from the second on: ${mean.toFixed(0)} s`]),
  ];
}

function scoreText({ podHours, under, unserved }: Score): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return `${podHours.toFixed(2)} pod-hours, ${percent(under)} of the time and ${percent(unserved)} of the load above ${PER_POD} cores a ready pod`;
}

function waveText({ low, high, lead, beforePeak }: Wave): string {
  if (lead === null || beforePeak === null) return `no rise, ${low} replicas throughout`;
  const when = lead >= 0 ? `${lead.toFixed(0)} s before` : `${(-lead).toFixed(0)} s after`;
  const first = beforePeak >= 0 ? `${beforePeak.toFixed(0)} s before` : `${(-beforePeak).toFixed(0)} s after`;
  return `${low} -> ${high} replicas, half-way up ${when} the load was; first rise ${first} the load's peak`;
}

function failedText(failed: Readonly<Record<string, number>>): string {
  const entries = Object.entries(failed).filter(([, n]) => n > 0);
  return entries.length === 0 ? "none failed" : `failed: ${entries.map(([code, n]) => `${n} x ${code}`).join(", ")}`;
}
