/** Bundles the script and the style of the report page into dist/report-page.js, as texts that the job puts into its pages. */
import { mkdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const BROWSER = "job/report/page/browser";

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${BROWSER}/${entry}`],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    // what can inflate in the page
    target: ["chrome103", "firefox113", "safari16.4"],
    // uPlot's licence asks for its notice in every copy
    legalComments: "inline",
    logLevel: "warning",
  });
  return outputFiles[0]!.text;
}

/** Makes the file. The job's own bundle and Node from the sources find it by `#report-page`. */
export async function buildPage(): Promise<void> {
  const [script, style] = await Promise.all([bundled("main.ts"), bundled("style.css")]);
  await mkdir("dist", { recursive: true });
  const text = `export const script = ${JSON.stringify(script)};\nexport const style = ${JSON.stringify(style)};\n`;
  await writeFile("dist/report-page.js", text);
  console.error(`dist/report-page.js: ${(text.length / 1024).toFixed(0)} kB`);
}
