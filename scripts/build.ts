/** Bundles job/main.ts to dist/job.js: ESM, minified, with source maps; packages that only some runs need are files of their own. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { buildApart, FILE_URL, lean } from "./build-lean.ts";
import { buildPage } from "./build-page.ts";
import { writeThirdParty } from "./third-party.ts";

const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
const revision = commit();

/** The commit that is built: REVISION as the image's build has it, else git's; "" where neither is there. */
function commit(): string {
  const { REVISION } = process.env;
  if (REVISION !== undefined && REVISION !== "" && REVISION !== "unknown") return REVISION.slice(0, 12);
  const git = spawnSync("git", ["rev-parse", "--short=12", "HEAD"], { encoding: "utf8" });
  return git.status === 0 ? git.stdout.trim() : "";
}

const options = {
  bundle: true,
  platform: "node",
  // main.ts answers an old Node with one sentence, so the entry itself must parse there
  target: "node18",
  minify: true,
  sourcemap: true,
  legalComments: "none",
  // navigator: looked at by libraries that also run in browsers, and looking loads half of Node's worker threads
  define: {
    PROPHET_AUTOSCALER_VERSION: JSON.stringify(revision === "" ? version : `${version} (commit ${revision})`),
    navigator: "undefined",
  },
  // lazily imported, its CommonJS build (the one for Node) would come without its named exports; the other is an ES module
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  // a native addon cannot be bundled; only pictures to PNG need it, and the code says so when it is absent
  external: ["@resvg/resvg-js"],
  // a library's own words would stand between the lines of the log, which may be JSON; Google's writes two at each start
  drop: ["console"],
  logLevel: "warning",
} as const satisfies BuildOptions;

/** A file of the bundle: its entry, its name, the imports that stay imports of other files, and constants. */
interface Output {
  readonly entry: string;
  readonly file: string;
  readonly others?: Readonly<Record<string, string>>;
  readonly define?: Readonly<Record<string, string>>;
}

/**
 * The command line is one file: to find, read and link the 45 chunks that a run needed took a fifth of its CPU time. What is imported lazily is
 * evaluated lazily there too. It is a function, as CommonJS has it, which job/compiled.ts runs: as a script, or as a module for source maps.
 */
const PROGRAM = "chunks/program.cjs";

/** Beside the program. */
const OUTPUTS: readonly Output[] = [
  { entry: "job/kubectl-prophet.ts", file: "kubectl-prophet.js", others: { "./main.ts": "./job.js" } },
  { entry: "job/replay/trial-worker.ts", file: "trial-worker.js" },
  { entry: "job/run/tick-worker.ts", file: "tick-worker.js" },
];

const asked: Parameters<typeof lean>[1] = new Map();

async function bundle({ entry, file, others = {}, define = {} }: Output): Promise<Metafile> {
  const elsewhere: Plugin = {
    name: "elsewhere",
    setup: ({ onResolve }) => {
      onResolve({ filter: /.*/ }, ({ path, importer }) =>
        importer.endsWith(entry) && Object.hasOwn(others, path) ? { path: others[path]!, external: true } : undefined,
      );
    },
  };
  const { metafile } = await build({
    ...options,
    entryPoints: [entry],
    outfile: `dist/${file}`,
    metafile: true,
    plugins: [elsewhere, lean(file === PROGRAM ? "./" : "./chunks/", asked)],
    ...(file === PROGRAM ? asFunction : asModule),
    define: { ...options.define, ...(file === PROGRAM ? asFunction.define : {}), ...define },
  });
  return metafile;
}

const asModule = {
  format: "esm",
  // CommonJS dependencies call require() for Node's own modules
  banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
} as const satisfies BuildOptions;

const asFunction = {
  format: "cjs",
  // a script has no import() without a warning about an experiment
  supported: { "dynamic-import": false },
  banner: {
    js: `(typeof module==="undefined"?{}:module).exports=(function(exports,require,module,__filename){${FILE_URL}`,
  },
  footer: { js: "})" },
  define: { "import.meta.url": "__url" },
} as const satisfies BuildOptions;

rmSync("dist", { recursive: true, force: true });
const page = await buildPage();
const metafiles = await Promise.all([{ entry: "job/cli/program.ts", file: PROGRAM }, ...OUTPUTS].map(bundle));
const hash = createHash("sha256")
  .update(await readFile(`dist/${PROGRAM}`))
  .digest("hex")
  .slice(0, 12);
const program = { PROPHET_AUTOSCALER_PROGRAM: JSON.stringify(hash) };
metafiles.push(await bundle({ entry: "job/main.ts", file: "job.js", define: program }));
metafiles.push(...(await buildApart(asked, "dist/chunks", options)));
writeThirdParty([...metafiles, ...page], "dist");
const bytes = metafiles.flatMap(({ outputs }) => Object.entries(outputs)).filter(([f]) => /\.c?js$/.test(f));
const total = bytes.reduce((sum, [, o]) => sum + o.bytes, 0);
console.error(`dist/job.js: ${bytes.length} files, ${(total / 1024).toFixed(0)} kB`);
