/** Makes the pictures of docs/report.md and docs/advise.md, and the texts by which a test sees that they are up to date. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keptAdvice } from "../bench/advise/kept-scores.ts";
import { advicePage } from "../job/report/page/advice-page.ts";
import { replayPage } from "../job/report/page/replay-page.ts";
import { adviceReport, replayReport } from "../job/report/page/reports.ts";
import { type Browser, missingChromium, startChromium } from "../test/browser/chromium.ts";
import { openPage } from "../test/browser/page.ts";
import { sampleReport } from "../test/browser/sample-report.ts";

const FILE = "sine.json";
const LOOKS = {
  light: { width: 1000, scheme: "light", media: "screen" },
  dark: { width: 1000, scheme: "dark", media: "screen" },
  narrow: { width: 390, scheme: "light", media: "screen" },
  paper: { width: 760, scheme: "dark", media: "print" },
} as const;

/** The page of a run's report without its data, as text. A test compares it with the text beside the pictures. */
export async function reportText(): Promise<string> {
  const { title, sentence, scores, data } = replayPage(await sampleReport(FILE));
  const [section] = data.sections;
  const kept = { title, sentence, scores: scores?.rows.map(({ cells }) => cells), moments: section!.moments };
  return `${JSON.stringify(kept, null, 1)}\n`;
}

/** The page of an advice without its data, as text. It is made from a real answer over days of a public series. */
export function adviceWords(): string {
  const { title, sentence, notes, front } = advicePage(keptAdvice(), null);
  return `${JSON.stringify({ title, sentence, notes, front }, null, 1)}\n`;
}

/** Takes the pictures with Chromium and writes them as PNG into `folder`. Where Chromium is missing it prints how to get it. */
export async function takeReportPictures(folder: string): Promise<void> {
  const missing = missingChromium();
  if (missing !== undefined) return console.error(`the pictures of the report stay as they are: ${missing}`);
  const report = await sampleReport(FILE);
  const html = replayReport(report);
  const moment = replayPage(report).data.sections[0]!.moments[0]!.t;
  const scratch = mkdtempSync(join(tmpdir(), "report-pictures-"));
  const browser = await startChromium();
  try {
    for (const [name, { width, scheme, media }] of Object.entries(LOOKS)) {
      const { page, problems } = await openPage(browser, scratch, html, { width, hash: `#0/${moment}` });
      if (problems.length > 0) throw new Error(problems.join("\n"));
      await page.emulateMedia({ colorScheme: scheme, media });
      if (media === "print") await page.evaluate('dispatchEvent(new Event("beforeprint"))');
      await page.screenshot({ path: join(folder, `report-${name}.png`), fullPage: true });
      await page.close();
    }
    await takeAdvice(browser, scratch, join(folder, "advice-light.png"));
  } finally {
    await browser.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
  writeFileSync(join(folder, "report.json"), await reportText());
  writeFileSync(join(folder, "advice.json"), adviceWords());
}

/** The page down to its figure and the settings that are told below it. */
async function takeAdvice(browser: Browser, scratch: string, path: string): Promise<void> {
  // what is below the figure, the replay of all days, is not in the picture
  const html = adviceReport(keptAdvice(), null);
  const { page, problems } = await openPage(browser, scratch, html, { width: LOOKS.light.width });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const { y, height } = (await page.locator(".front .selected").boundingBox())!;
  await page.screenshot({
    path,
    fullPage: true,
    clip: { x: 0, y: 0, width: LOOKS.light.width, height: y + height + 8 },
  });
  await page.close();
}
