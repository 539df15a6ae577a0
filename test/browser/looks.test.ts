/** The report page for every reader, in a real Chromium: light, dark, narrow, on paper, by axe; names stay text; a run's page. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import { replayReport, runReport } from "../../job/report/page/reports.ts";
import { DARK, LIGHT } from "../../job/report/theme.ts";
import { skip } from "../cluster/available.ts";
import { OUTCOME, SAMPLE_TARGET, sampleRecord } from "../report/sample.ts";
import { missingChromium } from "./chromium.ts";
import { openPage, pixelsOf, testByAxe } from "./page.ts";
import { NASTY, type OpenReport, openReport } from "./sample-report.ts";

describe.skipIf(skip(missingChromium()))("the report", () => {
  let open: OpenReport;
  beforeAll(async () => {
    open = await openReport();
  });
  afterAll(() => open?.stop());
  const show = (html = open.html, options: Parameters<typeof openPage>[3] = {}) =>
    openPage(open.browser, open.folder, html, options);

  const ours = () => open.made.decisions.get("auto")!;

  test("is light or dark as its reader has it, also when that changes", async () => {
    const { page, problems } = await show();
    const paper = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(await paper()).toBe("rgb(255, 255, 255)");
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(paper).toBe("rgb(13, 17, 23)");
    await expect.poll(() => pixelsOf(page, 1, DARK.pods)).toBeGreaterThan(200);
    expect(await pixelsOf(page, 1, LIGHT.pods)).toBeLessThan(20);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("fits 390 pixels, and is drawn anew when the window is turned", async () => {
    const { page } = await show(open.html, { width: 390, height: 800 });
    const overflow = () => page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    const canvas = async () => (await page.locator(".chart canvas").first().boundingBox())!.width;
    expect(await overflow()).toBe(0);
    expect(await canvas()).toBeLessThan(390);
    await page.setViewportSize({ width: 800, height: 390 });
    await expect.poll(canvas).toBeGreaterThan(700);
    expect(await overflow()).toBe(0);
    await page.close();
  });

  test("prints on white, whatever the screen is, and comes back", async () => {
    const { page, problems } = await show();
    await page.emulateMedia({ colorScheme: "dark" });
    await page.evaluate(
      `window.papers = []; addEventListener("beforeprint", () => window.papers.push(document.documentElement.className))`,
    );
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(await page.evaluate("window.papers")).toEqual(["paper"]);
    await expect.poll(() => page.evaluate("document.documentElement.className")).toBe("");
    await expect.poll(() => pixelsOf(page, 1, DARK.pods)).toBeGreaterThan(200);
    expect(problems).toEqual([]);
    await page.close();
  });

  testByAxe((width) => show(open.html, { width }));

  test("takes names and messages for text, never for markup", async () => {
    const decisions = new Map(open.made.decisions);
    decisions.set(
      "auto",
      ours().map((d) => ({ ...d, message: NASTY, reason: NASTY })),
    );
    const { page, problems } = await show(replayReport({ ...open.made, file: NASTY, decisions }));
    expect(await page.locator("h1").textContent()).toBe(`Replay of ${NASTY}`);
    expect(await page.title()).toBe(`Replay of ${NASTY}`);
    expect(await page.locator(".selected").textContent()).toContain(NASTY);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(2);
    expect(problems).toEqual([]);
    // and if one had come in: no script runs but the page's own, nothing is fetched
    const added = 'Object.assign(document.createElement("script"), { textContent: "window.ran = true" })';
    await page.evaluate(`document.body.append(${added})`);
    expect(await page.evaluate("window.ran")).toBeUndefined();
    await page.evaluate('fetch("http://127.0.0.1:9/").catch(() => {})');
    const refused = () => problems.filter((text) => text.includes("Content Security Policy")).join();
    await expect.poll(refused).toContain("script-src");
    await expect.poll(refused).toContain("http://127.0.0.1:9/");
    await page.close();
  });

  test("shows each target with its decision, and one without data in the table alone", async () => {
    const record = sampleRecord();
    const outcome = { ...OUTCOME, action: "wouldScale" } as const;
    const reported = [
      { target: SAMPLE_TARGET, record, outcome },
      { target: { ...SAMPLE_TARGET, name: NASTY }, record, outcome: { ...outcome, name: NASTY } },
      {
        target: { ...SAMPLE_TARGET, name: "gone" },
        record: null,
        outcome: { ...OUTCOME, action: "failed", from: null, to: null, trail: [] } as const,
      },
    ];
    const html = runReport({ reported, forecasterOf, componentsOf: () => [] });
    const { page, problems } = await show(html);
    expect(await page.locator(".lead").textContent()).toBe("2 would scale, 1 failed.");
    expect(await page.locator(".scores tbody tr").count()).toBe(3);
    expect(await page.locator("section.view").count()).toBe(2);
    expect(await page.locator(".selected .headline").first().textContent()).toContain(
      "6 \u2192 10 pods (ForecastQuantile)",
    );
    expect(await pixelsOf(page, 0, LIGHT.forecast)).toBeGreaterThan(100);
    expect(problems).toEqual([]);
    await page.close();
  });
});
