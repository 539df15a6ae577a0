/** Bundles job/main.ts to dist/job.js: ESM, minified, with source maps and lazily imported chunks. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { build, type Plugin } from "esbuild";
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

/** Exports that say so when somebody calls them after all. */
const absent = (names: readonly string[]) =>
  names
    .map((n) => `export function ${n}(){throw new Error("${n} is left out of this build: scripts/build.ts")}`)
    .join(";");

/** Parts of dependencies that the job never calls and every start would pay for: module, who asks for it, what stands in its place. */
const SPARED: readonly (readonly [RegExp, RegExp, string])[] = [
  // client-node's own HTTP client and its 360 kB of generated API: only its KubeConfig is used, calls are made with node:https (kubernetes-http.ts)
  [/^undici$/, /client-node.dist.config\.js$/, absent(["Agent", "ProxyAgent"])],
  [/^\.\/gen\/index\.js$/, /client-node.dist.config\.js$/, absent(["createConfiguration", "ServerConfiguration"])],
  // reads the global Request and Response at load, which loads the fetch client inside Node; prometheus-http.ts asks for the http adapter
  [/^\.\/fetch\.js$/, /axios.lib.adapters.adapters\.js$/, absent(["getFetch"])],
  // only where redirects are followed
  [/^follow-redirects$/, /axios.lib.adapters.http\.js$/, "export default {}"],
  // only for requests that ask for HTTP/2
  [
    /^http2$/,
    /axios.lib.(adapters.http|helpers.Http2Sessions)\.js$/,
    'export default new Proxy({},{get:(_,name)=>require("node:http2")[name]})',
  ],
  // 137 kB of file types, for files attached to a form: axios sends none
  [/^mime-types$/, /form-data.lib.form_data\.js$/, "export const lookup=()=>false"],
];

/** Text that a dependency runs at load and that loads the fetch client inside Node: file, text, what stands in its place. A build fails where it is no longer found. */
const PATCHED: readonly (readonly [RegExp, string, string])[] = [
  [/axios.lib.utils\.js$/, "typeof G.FormData !== 'undefined' ? G.FormData : undefined", "undefined"],
];

/**
 * Keeps out of a start what it does not need. An `import` of one of Node's modules gives an ES module whose every export is read at once.
 * Reading all of http loads the fetch client inside Node (20 ms of CPU), and of crypto all of webcrypto. A `require` reads what is used.
 */
const lean: Plugin = {
  name: "lean",
  setup: ({ onResolve, onLoad }) => {
    for (const [filter, importer, contents] of SPARED) {
      onResolve({ filter }, (asked) =>
        importer.test(asked.importer) ? { path: asked.path, namespace: "spared", pluginData: contents } : undefined,
      );
    }
    onLoad({ filter: /.*/, namespace: "spared" }, ({ pluginData }) => ({ contents: pluginData as string }));
    onResolve({ filter: /^(node:)?(https?|crypto)$/ }, ({ path, kind }) =>
      kind === "import-statement"
        ? { path: path.replace("node:", ""), namespace: "required" }
        : { path, external: true },
    );
    onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      contents: `module.exports=require("node:${path}")`,
    }));
    for (const [filter, text, instead] of PATCHED) {
      onLoad({ filter }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        if (!source.includes(text)) throw new Error(`${path} no longer says ${text}`);
        return { contents: source.replace(text, instead) };
      });
    }
  },
};

rmSync("dist", { recursive: true, force: true });
const page = await buildPage();
const result = await build({
  entryPoints: {
    job: "job/main.ts",
    "kubectl-prophet": "job/kubectl-prophet.ts",
    "trial-worker": "job/replay/trial-worker.ts",
    "tick-worker": "job/run/tick-worker.ts",
  },
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
  // navigator: looked at by libraries that also run in browsers, and looking loads half of Node's worker threads
  define: {
    PROPHET_AUTOSCALER_VERSION: JSON.stringify(revision === "" ? version : `${version} (commit ${revision})`),
    navigator: "undefined",
  },
  // lazily imported, its CommonJS build (the one for Node) would come without its named exports; the other is an ES module
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  // a native addon cannot be bundled; only pictures to PNG need it, and that chunk says so when it is absent
  external: ["@resvg/resvg-js"],
  plugins: [lean],
  logLevel: "warning",
});
writeThirdParty([result.metafile, ...page], "dist");
const bytes = Object.entries(result.metafile.outputs).filter(([f]) => f.endsWith(".js"));
const total = bytes.reduce((sum, [, o]) => sum + o.bytes, 0);
console.error(`dist/job.js: ${bytes.length} files, ${(total / 1024).toFixed(0)} kB`);
