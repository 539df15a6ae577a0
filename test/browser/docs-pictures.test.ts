/** The pictures of README and docs in a real Chromium, at README width and on a phone: no text of theirs is cut off. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skip } from "../cluster/available.ts";
import { type Browser, missingChromium, startChromium } from "./chromium.ts";

const docs = join(import.meta.dirname, "../../docs");
const pictures = globSync("**/*.svg", { cwd: docs, exclude: ["node_modules/**"] }).sort();

/** Texts that reach out of the (inner) picture that clips them, by more than a pixel. */
const CUT = `[...document.querySelectorAll("svg text")].flatMap((text) => {
  const box = text.getBoundingClientRect();
  const frames = [];
  for (let at = text.ownerSVGElement; at; at = at.ownerSVGElement)
    if (getComputedStyle(at).overflow !== "visible") frames.push(at.getBoundingClientRect());
  const out = frames.some(({ left, right, top, bottom }) =>
    box.left < left - 1 || box.right > right + 1 || box.top < top - 1 || box.bottom > bottom + 1);
  return out && box.width > 0 ? [text.textContent] : [];
})`;

describe.skipIf(skip(missingChromium()))("in the pictures of the docs no text is cut off", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.stop());

  test("there are many", () => expect(pictures.length).toBeGreaterThan(10));

  test.each(pictures.flatMap((path) => [830, 390].map((width) => [path, width] as const)))(
    "%s at %d px",
    async (path, width) => {
      const page = await browser.context.newPage();
      try {
        await page.setViewportSize({ width, height: 800 });
        const svg = readFileSync(join(docs, path), "utf8");
        await page.setContent(`<style>body{margin:16px}body>svg{width:100%;height:auto}</style>${svg}`);
        expect(await page.locator("svg text").count(), basename(path)).toBeGreaterThan(
          path.endsWith("icon.svg") ? -1 : 2,
        );
        expect(await page.evaluate(CUT)).toEqual([]);
      } finally {
        await page.close();
      }
    },
  );
});
