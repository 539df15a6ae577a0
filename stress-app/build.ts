/** Bundles the stress-app for its image: server, worker and generator, one file each without node_modules. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { writeThirdParty } from "../scripts/third-party.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** prom-client and yargs's helpers call require(), which an ES module does not have. */
const BANNER = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

const outdir = process.argv[2] ?? here("../dist/stress-app");
const { metafile } = await build({
  // The worker keeps its own file beside the server: a thread is started from a file.
  entryPoints: ["server.ts", "burn-worker.ts", "traffic.ts"].map(here),
  outdir,
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  minify: true,
  sourcemap: "linked",
  banner: { js: BANNER },
  metafile: true,
  logLevel: "info",
});
writeThirdParty([metafile], outdir);
