/** The picture of a demo run: load, measured CPU, replicas and ready pods over time, ours above the reactive policy. */
import { dot, lineY, plot, ruleX, text } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { DemoSample, Wave } from "./waves.ts";

/** Two panels in one SVG document. `perPod` is the target CPU of a pod, which puts replicas on the axis of the load. */
export function demoPicture(
  panels: readonly {
    readonly title: string;
    readonly samples: readonly DemoSample[];
    readonly waves: readonly Wave[];
  }[],
  perPod: number,
): string {
  const height = 300;
  const parts = panels.map(({ title, samples, waves }, i) => {
    const { document } = parseHTML("<html><body></body></html>");
    const minutes = (s: { t: number }) => s.t / 60;
    const node = plot({
      document,
      width: 960,
      height,
      marginLeft: 50,
      marginTop: 36,
      style: { background: "white", fontSize: "12px" },
      x: { label: "minutes since the load began" },
      y: { label: "cores (pods x target)", grid: true, zero: true },
      marks: [
        ruleX(waves, { x: (w) => w.peak / 60, stroke: "#d0d7de", strokeDasharray: "3 3" }),
        lineY(samples, {
          x: minutes,
          y: (s) => s.replicas * perPod,
          stroke: "#bc4c00",
          curve: "step-after",
          strokeWidth: 2,
        }),
        lineY(samples, {
          x: minutes,
          y: (s) => s.ready * perPod,
          stroke: "#bc4c00",
          curve: "step-after",
          strokeDasharray: "2 3",
        }),
        lineY(samples, { x: minutes, y: "demand", stroke: "#1b1f24", strokeWidth: 1.5 }),
        dot(
          samples.filter((s) => Number.isFinite(s.measured)),
          { x: minutes, y: "measured", r: 1.6, fill: "#1f6feb" },
        ),
        text([`${title}: load asked for (black), CPU measured (blue), replicas (orange), ready (dashed)`], {
          frameAnchor: "top-left",
          dy: -26,
          fontWeight: "bold",
        }),
      ],
    });
    const svg = node.outerHTML.replace(/^<svg /, `<svg y="${i * (height + 10)}" `);
    return svg.includes("xmlns=") ? svg : svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ');
  });
  const total = panels.length * (height + 10);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="${total}" viewBox="0 0 960 ${total}"><rect width="960" height="${total}" fill="white"/>${parts.join("")}</svg>\n`;
}
