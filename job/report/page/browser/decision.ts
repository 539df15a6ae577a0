/** Shows a decision as elements: what was done, why, each stage, and what the reason means. Text only, never markup. */
import type { PageData, PageDecision, PagePolicy, PageStage } from "../types.ts";

/** An element with the given children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

/** Date and time in UTC, to the second. */
export function when(t: number): string {
  const text = new Date(t * 1000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}

const change = (from: number, to: number) => (from === to ? `stays at ${to}` : `${from} \u2192 ${to}`);

/** The decision in one line, which a screen reader reads as well. */
export function headline({ name }: PagePolicy, { t, from, to, reason }: PageDecision): string {
  return `${when(t)} ${name}: ${change(from, to)} pods (${reason})`;
}

/** Fills `host` with a decision. `facts` describes its moment. */
export function showDecision(
  host: HTMLElement,
  policy: PagePolicy,
  decision: PageDecision,
  facts: string,
  reasons: PageData["reasons"],
): void {
  const means = reasons[decision.reason];
  host.replaceChildren(
    element("p", "headline", headline(policy, decision)),
    ...(decision.message === "" ? [] : [element("p", "", decision.message)]),
    ...(means === undefined ? [] : [element("p", "note", means)]),
    element("p", "note", facts),
    ...stages(decision.trail),
  );
}

/** Reasons of stages that found nothing to do. */
const PLAIN = ["DesiredWithinRange", "DataComplete"];

/** Whether the reader wants to see the stages that changed nothing; kept from decision to decision. */
let open = false;

/** The stages that changed or held something; the others behind a summary. */
function stages(trail: readonly PageStage[]): readonly Node[] {
  if (trail.length === 0) return [];
  const isPlain = ([, from, to, reason]: PageStage) => from === to && PLAIN.includes(reason);
  const shown = trail.filter((stage) => !isPlain(stage));
  const rest = trail.length - shown.length;
  const more = element(
    "details",
    "more",
    element("summary", "", `all stages (${rest} more changed nothing)`),
    table(trail),
  );
  more.open = open;
  const short = table(shown);
  short.hidden = open;
  more.addEventListener("toggle", () => {
    open = more.open;
    short.hidden = open;
  });
  return rest === 0 ? [table(trail)] : [short, more];
}

function table(trail: readonly PageStage[]): HTMLTableElement {
  const rows = trail.map(([stage, from, to, , message]) => {
    const cells = [stage, from === to ? String(to) : `${from} \u2192 ${to}`, message];
    return element("tr", "", ...cells.map((text) => element("td", "", text)));
  });
  const head = element("tr", "", ...["stage", "pods", "why"].map((text) => element("th", "", text)));
  return element("table", "trail", element("thead", "", head), element("tbody", "", ...rows));
}
