/** Bundles job/main.ts to dist/job.js: ESM, minified, source maps, lazily imported chunks beside it. */
import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { build } from "esbuild";

const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };

rmSync("dist", { recursive: true, force: true });
const result = await build({
  entryPoints: { job: "job/main.ts" },
  outdir: "dist",
  bundle: true,
  platform: "node",
  format: "esm",
  // main.ts answers an old Node with one sentence, so the entry itself must parse there
  target: "node18",
  splitting: true,
  minify: true,
  sourcemap: true,
  chunkNames: "chunks/[name]-[hash]",
  metafile: true,
  legalComments: "none",
  // CommonJS dependencies call require() for Node's own modules
  banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
  define: { PROPHET_AUTOSCALER_VERSION: JSON.stringify(version) },
  // lazily imported, its CommonJS build (the one for Node) would come without its named exports; the other is an ES module
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  // a native addon cannot be bundled; only pictures to PNG need it, and that chunk says so when it is absent
  external: ["@resvg/resvg-js"],
  logLevel: "warning",
});
const bytes = Object.entries(result.metafile.outputs).filter(([f]) => f.endsWith(".js"));
const total = bytes.reduce((sum, [, o]) => sum + o.bytes, 0);
console.error(`dist/job.js: ${bytes.length} files, ${(total / 1024).toFixed(0)} kB`);
