/** The page's entry: draws every section, draws again when theme, width or paper change, and follows links to moments. */
import { readData } from "./decode.ts";
import { createFront } from "./front.ts";
import { createView, type SectionView } from "./view.ts";

/** `#SECTION/TIME`: the section's number, and epoch seconds. */
const PLACE = /^#(\d+)\/(\d+)$/;

async function start(): Promise<void> {
  const data = await readData();
  const hosts = document.querySelectorAll<HTMLElement>("section.view");
  const views = data.sections.map((section, i) => createView(hosts[i]!, section, data.reasons));
  const drawFront = data.front && createFront(document.querySelector<HTMLElement>("section.front")!, data.front);
  drawFront?.();
  const redraw = () => {
    for (const view of views) view.redraw();
    drawFront?.();
  };
  follow(views, hosts);
  let width = document.documentElement.clientWidth;
  addEventListener("resize", () => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  // paper is white and narrow, whatever the screen is
  for (const [event, paper] of [
    ["beforeprint", true],
    ["afterprint", false],
  ] as const) {
    addEventListener(event, () => {
      document.documentElement.classList.toggle("paper", paper);
      redraw();
    });
  }
  document.documentElement.dataset.ready = "true";
}

/** Goes to the moment in the address, and to each moment whose link is followed, also twice. */
function follow(views: readonly SectionView[], hosts: NodeListOf<HTMLElement>): void {
  const go = (hash: string) => {
    const [, section, time] = PLACE.exec(hash) ?? [];
    if (section === undefined) return;
    views[Number(section)]?.jump(Number(time));
    hosts[Number(section)]?.querySelector(".timeline")?.scrollIntoView({ block: "nearest" });
  };
  go(location.hash);
  addEventListener("hashchange", () => go(location.hash));
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(".moments a") : null;
    if (link !== null && link.hash === location.hash) go(link.hash);
  });
}

start().catch((error: unknown) => {
  const text = `This page needs a browser of 2023 or later to draw its charts: ${String(error)}`;
  document.querySelector("#problem")!.textContent = text;
});
