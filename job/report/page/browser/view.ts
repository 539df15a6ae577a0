/** One section of the page: its charts and the selected decision follow the reader's place on the timeline. */

import { createTimeline, type Timeline } from "../timeline.ts";
import type { ChartLayer, PageData, Section } from "../types.ts";
import { type DrawnChart, drawChart } from "./chart.ts";
import { addButtons, addSwitches, listenForKeys } from "./controls.ts";
import { headline, showDecision } from "./decision.ts";
import { factsAt } from "./facts.ts";

/** A drawn section. */
export interface SectionView {
  readonly jump: (t: number) => void;
  /** Draws again, after the theme, the width or the paper has changed. */
  readonly redraw: () => void;
}

/** Draws a section into its element and makes it interactive. */
export function createView(host: HTMLElement, section: Section, reasons: PageData["reasons"]): SectionView {
  const find = (name: string) => host.querySelector<HTMLElement>(name)!;
  const hidden = new Set<string>();
  let charts: readonly DrawnChart[] = [];
  const timeline = createTimeline(section, () => update());

  function update(): void {
    for (const chart of charts) chart.zoom(timeline.from, timeline.to);
    const { policy, decision } = timeline;
    if (policy === undefined || decision === undefined) return;
    for (const chart of charts) chart.mark(decision.t);
    showDecision(find(".selected"), policy, decision, factsAt(section, decision.t), reasons);
    describe(find(".timeline"), timeline);
  }
  function show(): void {
    const visible = ({ label, policy }: ChartLayer) =>
      !hidden.has(label) && (policy === undefined || !hidden.has(policy));
    for (const chart of charts) chart.show(visible);
  }
  function redraw(): void {
    for (const { plot } of charts) plot.destroy();
    const hosts = host.querySelectorAll<HTMLElement>(".chart");
    const events = { point: timeline.pointAt, zoom: timeline.zoom };
    charts = section.charts.map((chart, i) => drawChart(hosts[i]!, section, chart, events));
    update();
    show();
  }

  listenForKeys(find(".timeline"), timeline);
  addButtons(find(".buttons"), timeline);
  addSwitches(find(".switches"), section, {
    follow: timeline.follow,
    hide: (name, off) => {
      if (off) hidden.add(name);
      else hidden.delete(name);
      show();
    },
  });
  redraw();
  return { jump: timeline.jump, redraw };
}

/** What a screen reader says of the reader's place. */
function describe(host: HTMLElement, { policy, decision, index, from, to }: Timeline): void {
  host.dataset.from = String(from);
  host.dataset.to = String(to);
  host.setAttribute("aria-valuemin", "0");
  host.setAttribute("aria-valuemax", String(policy!.decisions.length - 1));
  host.setAttribute("aria-valuenow", String(index));
  host.setAttribute("aria-valuetext", headline(policy!, decision!));
}
