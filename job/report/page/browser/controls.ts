/** The keys, buttons and switches of a section. */

import type { Timeline } from "../timeline.ts";
import type { ChartLayer, Section } from "../types.ts";
import { element } from "./decision.ts";

/** A button: its label, its key and its action. */
interface Action {
  readonly label: string;
  readonly keys: readonly string[];
  readonly run: (timeline: Timeline) => void;
}

const ACTIONS: readonly Action[] = [
  { label: "earlier", keys: ["ArrowLeft"], run: (t) => t.select(t.index - 1) },
  { label: "later", keys: ["ArrowRight"], run: (t) => t.select(t.index + 1) },
  { label: "change before", keys: ["Shift+ArrowLeft", "PageDown"], run: (t) => t.change(-1) },
  { label: "change after", keys: ["Shift+ArrowRight", "PageUp"], run: (t) => t.change(1) },
  { label: "closer", keys: ["ArrowUp", "+"], run: (t) => t.scale(0.5) },
  { label: "wider", keys: ["ArrowDown", "-"], run: (t) => t.scale(2) },
  { label: "whole time", keys: ["Escape"], run: (t) => t.whole() },
];
/** The first of the actions go from decision to decision. */
const WALKING = 4;
const ENDS: readonly Action[] = [
  { label: "first", keys: ["Home"], run: (t) => t.select(0) },
  { label: "last", keys: ["End"], run: (t) => t.select(Number.MAX_SAFE_INTEGER) },
];

/** Arrow keys on the timeline go from decision to decision. */
export function listenForKeys(host: HTMLElement, timeline: Timeline): void {
  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const key = `${event.shiftKey && event.key.startsWith("Arrow") ? "Shift+" : ""}${event.key}`;
    const action = [...ACTIONS, ...ENDS].find(({ keys }) => keys.includes(key));
    if (action === undefined) return;
    event.preventDefault();
    action.run(timeline);
  });
}

/** Adds a button for each action. */
export function addButtons(host: HTMLElement, timeline: Timeline): void {
  // one decision leaves nothing to go through
  const alone = (timeline.policy?.decisions.length ?? 0) < 2;
  for (const { label, run } of alone ? ACTIONS.slice(WALKING) : ACTIONS) {
    const button = element("button", "", label);
    button.type = "button";
    button.addEventListener("click", () => run(timeline));
    host.append(button);
  }
}

/** Adds switches for what can be hidden, by the name that `hide` gets, and a choice of the policy to follow. */
export function addSwitches(
  host: HTMLElement,
  section: Section,
  {
    hide,
    follow,
  }: { readonly hide: (name: string, hidden: boolean) => void; readonly follow: (policy: number) => void },
): void {
  const layers = section.charts.flatMap((chart) => chart.layers);
  const labels = [...new Set(layers.map((layer) => layer.label))];
  const policies = [...new Set(layers.flatMap(({ policy }) => (policy === undefined ? [] : [policy])))];
  host.append(
    fieldset("Show", labels, (label) => {
      const layer = layers.find((one) => one.label === label)!;
      return box("checkbox", "", label, layer, true, (on) => hide(label, !on));
    }),
  );
  if (policies.length > 1) {
    host.append(
      fieldset("Policies", policies, (policy) => {
        const { role } = layers.find((one) => one.policy === policy)!;
        return box("checkbox", "", policy, { role, style: "fill" }, true, (on) => hide(policy, !on));
      }),
    );
  }
  if (section.policies.length > 1) {
    const group = `follow ${section.name}`;
    host.append(
      fieldset("Decisions of", section.policies, ({ name }, i) =>
        box("radio", group, name, null, i === 0, () => follow(i)),
      ),
    );
  }
}

function fieldset<T>(name: string, items: readonly T[], make: (item: T, index: number) => Node): Node {
  return element("fieldset", "", element("legend", "", name), ...items.map(make));
}

function box(
  type: "checkbox" | "radio",
  group: string,
  name: string,
  mark: Pick<ChartLayer, "role" | "style" | "dashed" | "policy"> | null,
  checked: boolean,
  changed: (on: boolean) => void,
): Node {
  const input = element("input", "");
  input.type = type;
  input.checked = checked;
  if (group !== "") input.name = group;
  input.addEventListener("change", () => changed(input.checked));
  const sign = mark === null ? [] : [element("span", signOf(mark))];
  return element("label", "", input, ...sign, name);
}

/** The classes of a mark's sign: how it is drawn, and its colour where that does not depend on the policy. */
function signOf({ role, style, dashed, policy }: Pick<ChartLayer, "role" | "style" | "dashed" | "policy">): string {
  const form = style === "dots" || style === "fill" ? style : dashed === true ? "dashed" : "line";
  return `sign ${form} ${policy === undefined ? role : "ink"}`;
}
