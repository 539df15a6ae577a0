/** What commands write beside their answer: report pages. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli, waveFile } from "../fakes/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "prophet-reports-"));
afterAll(() => rmSync(folder, { recursive: true }));
const WAVE = waveFile(folder);
const BASE = `--once --history-file ${WAVE} --target-cpu 0.05 --min 1 --max 10 --dry-run`;

describe("reports", () => {
  it("replay and the run write pages that stand alone", async () => {
    const page = join(folder, "report.html");
    const played = `replay ${WAVE} --policies hpa,oracle --warmup 3600 --report ${page}`;
    for (const line of [played, `${BASE} --components --report ${page}`]) {
      expect((await cli(line)).out).toContain(`report: ${page}\n`);
      const html = readFileSync(page, "utf8");
      expect(html).toMatch(/^<!doctype html>.*<\/html>\n$/s);
      expect(html).not.toMatch(/(src|href)="?https?:/);
    }
  });

  it("components are refused where nothing is drawn", async () => {
    expect(await cli(`${BASE} --components`)).toMatchObject({
      code: 2,
      err: expect.stringContaining("--plot, --svg FILE or --report"),
    });
  });
});
