/** The page of an advice in a real Chromium: the settings against each other, by pointer and keys, light, dark, narrow, on paper, by axe. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Advice } from "../../job/report/advice-text.ts";
import { advicePage } from "../../job/report/page/advice-page.ts";
import { adviceReport } from "../../job/report/page/reports.ts";
import { DARK, LIGHT } from "../../job/report/theme.ts";
import { skip } from "../cluster/available.ts";
import { missingChromium } from "./chromium.ts";
import { openPage, pixelsOf, pointAt, testByAxe } from "./page.ts";
import { sampleAdvice } from "./sample-advice.ts";
import { NASTY, type OpenReport, openReport } from "./sample-report.ts";

describe.skipIf(skip(missingChromium()))("the page of an advice", () => {
  let open: OpenReport;
  let advice: Advice;
  let html: string;
  beforeAll(async () => {
    [open, advice] = await Promise.all([openReport(), sampleAdvice("sine.json")]);
    html = adviceReport(advice, open.made);
  });
  afterAll(() => open?.stop());
  const show = (text = html, options: Parameters<typeof openPage>[3] = {}) =>
    openPage(open.browser, open.folder, text, options);

  const points = () => advicePage(advice, null).data.front!.points;
  const told = async (page: Page) => (await page.locator(".front .selected").textContent()) ?? "";
  const plot = (page: Page) => page.locator(".front .plot");
  const coloured = (page: Page, colour: string) => pixelsOf(page, 0, colour, ".front canvas");

  test("says first what is advised, and has the YAML, the figure, and every table as text", async () => {
    const { page, problems } = await show();
    expect(await page.locator(".lead").textContent()).toMatch(
      /^Advised: .*, targetCpu 0\.\d+\. It costs .* % (less|more)/,
    );
    expect(await page.locator("pre").textContent()).toContain(
      "  - scaleTargetRef: { kind: Deployment, name: workload }",
    );
    for (const colour of [LIGHT.forecast, LIGHT.pods, LIGHT.second, LIGHT.third])
      expect(await coloured(page, colour)).toBeGreaterThan(20);
    const headings = await page.locator("h2").allTextContents();
    expect(headings.join()).toMatch(/later half.*With one thing changed.*played once more.*worst moment/);
    expect(await page.locator(".front .scores").count()).toBe(2);
    expect(await page.locator("section.view .chart canvas").count()).toBe(2);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("begins at the advised settings, and goes from cheaper to dearer by keys", async () => {
    const { page } = await show();
    expect(await told(page)).toContain(`${advice.advised!.label} (advised)`);
    await plot(page).focus();
    const now = async () => {
      const index = Number(await plot(page).getAttribute("aria-valuenow"));
      const { label, text } = points()[index]!;
      expect(await told(page)).toContain(label);
      expect(await told(page)).toContain(text);
      expect(await plot(page).getAttribute("aria-valuetext")).toBe(`${label}: ${text}`);
      return index;
    };
    const first = await now();
    await page.keyboard.press("ArrowRight");
    expect(await now()).toBe(first + 1);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    // the advised settings may be the cheapest
    expect(await now()).toBe(Math.max(0, first - 1));
    await page.keyboard.press("Home");
    expect(await now()).toBe(0);
    await page.keyboard.press("ArrowLeft");
    expect(await now()).toBe(0);
    await page.keyboard.press("End");
    expect(await now()).toBe(points().length - 1);
    await page.close();
  });

  test("tells the mark next to the pointer", async () => {
    const { page } = await show();
    const costs = points().map(({ cost }) => cost);
    const [least, most] = [Math.min(...costs), Math.max(...costs)];
    for (const mark of [points()[0]!, points().at(-1)!]) {
      const share = ((mark.cost - least) / (most - least) + 0.04) / 1.08;
      const near = points().filter(({ cost }) => Math.abs(cost - mark.cost) < 0.02 * (most - least));
      // the figure goes up to the worst of them, by powers of ten
      const height = (under: number) => (under < 1e-4 ? 0 : 1 + Math.log10(under / 1e-4));
      const top = Math.max(...points().map(({ under }) => height(under)), height(advice.slo)) + 0.3;
      const up = (height(mark.under) + 0.3) / (top + 0.3);
      await pointAt(page.locator(".front .u-over"), share, 1 - up);
      await expect.poll(() => told(page)).toContain(mark.text);
      expect(near.map(({ text }) => text)).toContain(mark.text);
    }
    await page.close();
  });

  test("follows the theme, fits 390 pixels, and is drawn anew when the window is turned", async () => {
    const { page, problems } = await show(html, { width: 390, height: 800 });
    const overflow = () => page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    const canvas = async () => (await page.locator(".front canvas").boundingBox())!.width;
    expect(await overflow()).toBe(0);
    expect(await canvas()).toBeLessThan(390);
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => coloured(page, DARK.pods)).toBeGreaterThan(20);
    expect(await coloured(page, LIGHT.pods)).toBeLessThan(20);
    await page.setViewportSize({ width: 800, height: 390 });
    await expect.poll(canvas).toBeGreaterThan(700);
    await page.pdf({ format: "A4" });
    await expect.poll(() => page.evaluate("document.documentElement.className")).toBe("");
    await expect.poll(() => coloured(page, DARK.pods)).toBeGreaterThan(20);
    expect(problems).toEqual([]);
    await page.close();
  });

  testByAxe((width) => show(html, { width }));

  test("has the settings alone where it was ended early, and says why nothing is advised; names stay text", async () => {
    const ended: Advice = { ...advice, name: NASTY, advised: null, why: `Nothing is advised: ${NASTY}`, changed: null };
    const { page, problems } = await show(adviceReport(ended, null));
    expect(await page.locator("h1").textContent()).toBe(`Settings for ${NASTY}`);
    expect(await page.locator(".lead").textContent()).toBe(`Nothing is advised: ${NASTY}`);
    expect(await page.locator("section.view").count()).toBe(0);
    expect(await page.locator("pre").count()).toBe(0);
    expect(await told(page)).toContain("current");
    expect(await coloured(page, LIGHT.pods)).toBeGreaterThan(20);
    expect(problems).toEqual([]);
    await page.close();
  });
});
