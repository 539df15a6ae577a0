/** The report page as its reader works with it, in a real Chromium: pointer, keys, zoom, switches, links. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replayPage } from "../../job/report/page/replay-page.ts";
import { LIGHT } from "../../job/report/theme.ts";
import { skip } from "../cluster/available.ts";
import { missingChromium } from "./chromium.ts";
import { openPage, pixelsOf, pointAt } from "./page.ts";
import { type OpenReport, openReport } from "./sample-report.ts";

describe.skipIf(skip(missingChromium()))("the report of a replay", () => {
  let open: OpenReport;
  beforeAll(async () => {
    open = await openReport();
  });
  afterAll(() => open?.stop());
  const show = (html = open.html, options: Parameters<typeof openPage>[3] = {}) =>
    openPage(open.browser, open.folder, html, options);

  const ours = () => open.made.decisions.get("auto")!;
  const timeline = (page: Page) => page.locator(".timeline");
  const told = async (page: Page) => (await page.locator(".selected .headline").textContent()) ?? "";
  const shown = async (page: Page) => {
    const [from, to] = await Promise.all(["data-from", "data-to"].map((name) => timeline(page).getAttribute(name)));
    return [Number(from), Number(to)] as const;
  };
  const stamp = (t: number) => new Date(t * 1000).toISOString().slice(0, 19).replace("T", " ");
  const plot = (page: Page, chart: number) => page.locator(".chart .u-over").nth(chart);

  test("says first what came of it, draws both charts, and asks nobody for anything", async () => {
    const { page, problems } = await show();
    expect(await page.locator(".lead").textContent()).toMatch(
      /^With these settings: \d+ % (fewer|more) pod-hours than HPA at 70\s%, cost .* against .*, time below the demand .*\s% against .*\s%\.$/,
    );
    expect(await page.locator(".chart canvas").count()).toBe(2);
    expect(await pixelsOf(page, 0, LIGHT.forecast)).toBeGreaterThan(200);
    expect(await pixelsOf(page, 1, LIGHT.pods)).toBeGreaterThan(200);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("tells the decision under the pointer, in words, on either chart", async () => {
    const { page } = await show();
    const [from, to] = await shown(page);
    for (const [chart, share] of [
      [0, 0.3],
      [1, 0.8],
    ] as const) {
      await pointAt(plot(page, chart), share);
      const moment = from + share * (to - from);
      const decision = ours().findLast((d) => d.t <= moment + 8)!;
      await expect.poll(() => told(page)).toContain(`${stamp(decision.t)} auto: `);
      const change =
        decision.from === decision.to ? `stays at ${decision.to}` : `${decision.from} \u2192 ${decision.to}`;
      expect(await told(page)).toContain(`${change} pods (${decision.reason})`);
      expect(await page.locator(".selected").textContent()).toContain(decision.message);
      await page.locator(".selected summary").click();
      const stages = await page.locator(".selected details tbody tr").count();
      expect(stages).toBe(decision.trail!.length);
      await page.locator(".selected summary").click();
    }
    await page.close();
  });

  test("goes from decision to decision, and from change to change, by keys", async () => {
    const { page } = await show();
    await timeline(page).focus();
    const now = async () => {
      const text = await told(page);
      expect(await timeline(page).getAttribute("aria-valuetext")).toBe(text);
      return ours().findIndex((d) => text.startsWith(stamp(d.t)));
    };
    expect(await now()).toBe(0);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await now()).toBe(2);
    await page.keyboard.press("ArrowLeft");
    expect(await now()).toBe(1);
    await page.keyboard.press("Shift+ArrowRight");
    expect(await now()).toBe(ours().findIndex((d, i) => i > 1 && d.from !== d.to));
    await page.keyboard.press("End");
    expect(await now()).toBe(ours().length - 1);
    await page.keyboard.press("Home");
    expect(await now()).toBe(0);
    await page.keyboard.press("ArrowUp");
    const [from, to] = await shown(page);
    await page.keyboard.press("Escape");
    const [first, last] = await shown(page);
    expect((to - from) / (last - first)).toBeCloseTo(0.5, 1);
    await page.close();
  });

  test("zooms both charts into what the pointer was drawn over, and out again", async () => {
    const { page } = await show();
    const whole = await shown(page);
    await pointAt(plot(page, 0), 0.25);
    await page.mouse.down();
    await pointAt(plot(page, 0), 0.4);
    await pointAt(plot(page, 0), 0.5);
    await page.mouse.up();
    const span = whole[1] - whole[0];
    await expect.poll(async () => (await shown(page))[0]).toBeCloseTo(whole[0] + 0.25 * span, -2);
    const part = await shown(page);
    expect(Math.abs(part[1] - (whole[0] + 0.5 * span))).toBeLessThan(30);
    // the middle of the other chart is now the middle of that part
    await pointAt(plot(page, 1), 0.5);
    const decision = ours().findLast((d) => d.t <= (part[0] + part[1]) / 2 + 8)!;
    await expect.poll(() => told(page)).toContain(stamp(decision.t));
    await page.getByRole("button", { name: "whole time" }).click();
    expect(await shown(page)).toEqual(whole);
    await page.close();
  });

  test("hides what is switched off, and follows another policy's decisions", async () => {
    const { page } = await show();
    const hpa = () => pixelsOf(page, 1, LIGHT.second);
    expect(await hpa()).toBeGreaterThan(200);
    await page.getByLabel("hpa").first().uncheck();
    await expect.poll(hpa).toBeLessThan(20);
    const forecast = () => pixelsOf(page, 0, LIGHT.forecast);
    await page.getByLabel(/^forecast/).uncheck();
    await expect.poll(forecast).toBeLessThan(20);
    await page.getByRole("radio", { name: "hpa" }).check();
    expect(await told(page)).toContain(" hpa: ");
    await page.close();
  });

  test("goes to the worst moments by their links, and to the one in the address", async () => {
    const { page } = await show();
    const { moments } = replayPage(open.made).data.sections[0]!;
    const links = page.locator(".moments a");
    expect(await links.count()).toBe(moments.length);
    expect(moments.length).toBeGreaterThan(0);
    await links.first().click();
    const worst = moments[0]!.t;
    const decision = ours().findLast((d) => d.t <= worst)!;
    await expect.poll(() => told(page)).toContain(stamp(decision.t));
    const [from, to] = await shown(page);
    expect(from <= worst && worst <= to).toBe(true);
    await page.close();
    const again = await show(open.html, { hash: `#0/${worst}` });
    expect(await told(again.page)).toContain(stamp(decision.t));
    expect(again.problems).toEqual([]);
    await again.page.close();
  });
});
