/** A report page in a real Chromium: opened from a file, with everything it complains of. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Browser } from "./chromium.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** A page that is open, and what went wrong in it so far: console errors, exceptions, requests, dialogs. */
export interface OpenPage {
  readonly page: Page;
  readonly problems: string[];
}

/** Opens HTML from a file of its own in `folder`, and waits until its charts are drawn. */
export async function openPage(
  { context }: Browser,
  folder: string,
  html: string,
  { width = 1200, height = 900, hash = "" } = {},
): Promise<OpenPage> {
  const path = join(folder, `page-${Math.random().toString(36).slice(2)}.html`);
  writeFileSync(path, html);
  const page = await context.newPage();
  await page.setViewportSize({ width, height });
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() !== "log") problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== `file://${path}`) problems.push(`request: ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(`file://${path}${hash}`);
  await page.locator("html[data-ready]").waitFor({ timeout: 20_000 });
  return { page, problems };
}

/**
 * Moves the pointer to shares of an element's width and height, from its top left corner. It waits until the element has stood still
 * for two frames and takes the pointer: coordinates read before would be stale where the page scrolls meanwhile.
 */
export async function pointAt(element: Locator, across: number, down = 0.5): Promise<void> {
  const { width, height } = (await element.boundingBox())!;
  await element.hover({ position: { x: across * width, y: down * height } });
}

/** Tests that axe has nothing serious to say of a page, in each colour scheme and on a phone. */
export function testByAxe(show: (width: number) => Promise<OpenPage>): void {
  test.each([
    ["light", 1200],
    ["dark", 1200],
    ["light", 390],
  ] as const)("has no serious finding of axe, %s at %d pixels", async (scheme, width) => {
    const { page } = await show(width);
    await page.emulateMedia({ colorScheme: scheme });
    expect(await seriousFindings(page)).toEqual([]);
    await page.close();
  });
}

/** What axe finds that is serious or critical. */
async function seriousFindings(page: Page): Promise<readonly (readonly [id: string, nodes: string])[]> {
  // the page lets no script in, so axe is evaluated from outside
  await page.evaluate(readFileSync(AXE, "utf8"));
  const found = (await page.evaluate("axe.run()")) as {
    violations: { id: string; impact: string; nodes: unknown[] }[];
  };
  return found.violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => [id, JSON.stringify(nodes).slice(0, 400)] as const);
}

/** How many pixels of the canvas of a chart have this colour, about. */
export async function pixelsOf(page: Page, chart: number, colour: string, canvases = ".chart canvas"): Promise<number> {
  const wanted = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
  const canvas = page.locator(canvases).nth(chart);
  return canvas.evaluate(counted, wanted);
}

/** Runs in the page: counts in a copy, for a canvas that is read often is a slower canvas, and Chromium says so. */
function counted(element: unknown, rgb: readonly number[]): number {
  interface Canvas {
    width: number;
    height: number;
    getContext(kind: "2d", options: { willReadFrequently: boolean }): Context;
  }
  interface Context {
    drawImage(image: unknown, x: number, y: number): void;
    getImageData(x: number, y: number, w: number, h: number): { readonly data: Uint8ClampedArray };
  }
  const { width, height } = element as Canvas;
  const { document } = globalThis as unknown as { document: { createElement(name: "canvas"): Canvas } };
  const copy = Object.assign(document.createElement("canvas"), { width, height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(element, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (rgb.every((channel, k) => Math.abs(channel - data[i + k]!) < 12) && data[i + 3]! > 200) count++;
  }
  return count;
}
