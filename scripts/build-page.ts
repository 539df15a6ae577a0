/** Bundles script and style of the report page into dist/report-page.js, as texts for the job's pages. */
import { mkdir, writeFile } from "node:fs/promises";
import { build, type Metafile } from "esbuild";

const BROWSER = "job/report/page/browser";

async function bundled(entry: string): Promise<{ readonly text: string; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${BROWSER}/${entry}`],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "iife",
    // what can inflate in the page
    target: ["chrome103", "firefox113", "safari16.4"],
    // uPlot's licence asks for its notice in every copy
    legalComments: "inline",
    logLevel: "warning",
  });
  return { text: outputFiles[0]!.text, metafile };
}

/**
 * Writes dist/report-page.js and returns esbuild's metafiles: script first, then style. The job's bundle, and Node from the sources,
 * import it as `#report-page`.
 */
export async function buildPage(): Promise<readonly Metafile[]> {
  const [script, style] = await Promise.all([bundled("main.ts"), bundled("style.css")]);
  await mkdir("dist", { recursive: true });
  const text = `export const script = ${JSON.stringify(script.text)};\nexport const style = ${JSON.stringify(style.text)};\n`;
  await writeFile("dist/report-page.js", text);
  console.error(`dist/report-page.js: ${(text.length / 1024).toFixed(0)} kB`);
  return [script.metafile, style.metafile];
}
