/** What keeps a start short: an esbuild plugin that leaves out or defers what dependencies load and the job does not use. */
import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { build, type Metafile, type OnResolveArgs, type Plugin, type PluginBuild } from "esbuild";

/** Exports that say so when somebody calls them after all. */
const absent = (names: readonly string[]) =>
  names
    .map((n) => `export function ${n}(){throw new Error("${n} is left out of this build: scripts/build-lean.ts")}`)
    .join(";");

/** Parts of dependencies that the job never calls and every start would pay for: module, who asks for it, what stands in its place. */
const SPARED: readonly (readonly [RegExp, RegExp, string])[] = [
  // client-node's own HTTP client and its 360 kB of generated API: only its KubeConfig is used, calls are made with node:https (kubernetes-http.ts)
  [/^undici$/, /client-node.dist.config\.js$/, absent(["Agent", "ProxyAgent"])],
  [/^\.\/gen\/index\.js$/, /client-node.dist.config\.js$/, absent(["createConfiguration", "ServerConfiguration"])],
  // tokens are renewed by kubectl (job/adapters/kubernetes-config.ts)
  [/^openid-client$/, /client-node.dist.oidc_auth\.js$/, absent(["customFetch", "discovery", "refreshTokenGrant"])],
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

/** Packages that only some runs need, each file with theirs: who imports them, package, names. They are loaded where one of the names is first used. */
const APART: Readonly<Record<string, readonly (readonly [RegExp, string, readonly string[]])[]>> = {
  holidays: [[/job/, "date-holidays", ["default"]]],
  aws: [
    [/job/, "@aws-sdk/credential-providers", ["fromNodeProviderChain", "fromTemporaryCredentials"]],
    [/job/, "@smithy/signature-v4", ["SignatureV4"]],
  ],
  azure: [[/job/, "@azure/identity", ["ManagedIdentityCredential", "WorkloadIdentityCredential"]]],
  google: [[/job/, "google-auth-library", ["GoogleAuth"]]],
  otlp: [[/job/, "@opentelemetry/otlp-transformer", ["ProtobufMetricsSerializer"]]],
  plots: [
    [/job/, "@observablehq/plot", ["areaY", "axisX", "axisY", "dot", "gridY", "lineY", "plot", "ruleX"]],
    [/job/, "linkedom", ["parseHTML"]],
  ],
  metrics: [[/job/, "prom-client", ["Gauge", "Registry"]]],
  yargs: [[/job/, "yargs", ["default"]]],
  // a pod reads its ServiceAccount and no kubeconfig
  kubeconfig: [[/client-node/, "js-yaml", ["load", "dump"]]],
  // of a kubeconfig that names a proxy, or a provider of credentials
  providers: [
    [/client-node/, "jsonpath-plus", ["JSONPath"]],
    [/client-node/, "rfc4648", ["base64url"]],
    [/client-node/, "hpagent", ["HttpProxyAgent", "HttpsProxyAgent"]],
    [/client-node/, "socks", ["SocksClient"]],
    [/client-node/, "socks-proxy-agent", ["SocksProxyAgent"]],
  ],
  // proxies are the agents' own (job/adapters/http/pool.ts), and no form is sent
  axios: [
    [/axios/, "https-proxy-agent", ["default"]],
    [/axios/, "proxy-from-env", ["getProxyForUrl"]],
    [/axios/, "form-data", ["default"]],
  ],
};

/** A package of a file that is kept apart, as a bundle asked for it. */
interface RarePackage {
  readonly file: string;
  readonly path: string;
  readonly names: readonly string[];
}

/**
 * What a start does not need stays out of it. An `import` of one of Node's modules gives an ES module whose every export is read at once. Of http
 * that loads the fetch client inside Node (20 ms of CPU), of crypto all of webcrypto. A `require` reads what is used. `folder` is where the bundle
 * finds the files of packages kept apart, with a slash at its end; `asked` gets the packages.
 */
export function lean(folder: string, asked: Map<string, RarePackage>): Plugin {
  return {
    name: "lean",
    setup: (esbuild) => {
      spare(esbuild);
      keepApart(esbuild, folder, asked);
      requireBuiltins(esbuild);
    },
  };
}

function spare({ onResolve, onLoad }: PluginBuild): void {
  for (const [filter, importer, contents] of SPARED) {
    onResolve({ filter }, (asked) =>
      importer.test(asked.importer) ? { path: asked.path, namespace: "spared", pluginData: contents } : undefined,
    );
  }
  onLoad({ filter: /.*/, namespace: "spared" }, ({ pluginData }) => ({ contents: pluginData as string }));
  for (const [filter, text, instead] of PATCHED) {
    onLoad({ filter }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (!source.includes(text)) throw new Error(`${path} no longer says ${text}`);
      return { contents: source.replace(text, instead) };
    });
  }
}

function keepApart({ onResolve, onLoad, resolve }: PluginBuild, folder: string, asked: Map<string, RarePackage>): void {
  const all = Object.entries(APART).flatMap(([file, packages]) => packages.map((one) => [file, ...one] as const));
  for (const [file, importer, name, names] of all) {
    onResolve({ filter: new RegExp(`^${name}$`) }, async ({ path, importer: by, resolveDir, kind, pluginData }) => {
      if (pluginData === "found" || !importer.test(by)) return undefined;
      const found = await resolve(path, { resolveDir, kind, pluginData: "found" });
      asked.set(name, { file, path: found.path, names });
      return { path: name, namespace: "apart", pluginData: `${folder}${file}.cjs` };
    });
    // a class or function as a whole is one that loads the real one when it is called
    onLoad({ filter: new RegExp(`^${name}$`), namespace: "apart" }, ({ pluginData }) => ({
      contents: `const load=()=>require(${JSON.stringify(pluginData)});
const whole=function(...given){const real=load().${alias(name, "default")};return new.target?Reflect.construct(real,given):real(...given)};
Object.defineProperty(whole,Symbol.hasInstance,{value:(one)=>one instanceof load().${alias(name, "default")}});
module.exports=${names.includes("default") ? "whole" : "{}"};
${names.map((one) => (one === "default" ? "" : `Object.defineProperty(module.exports,"${one}",{enumerable:true,get:()=>load().${alias(name, one)}});`)).join("")}`,
    }));
  }
  onResolve({ filter: /\.cjs$/ }, ({ path, namespace }) =>
    namespace === "apart" ? { path, external: true } : undefined,
  );
}

/** What a package's name is called in the file that is kept apart. */
const alias = (name: string, one: string) => `${name}/${one}`.replaceAll(/\W/g, "_");

const BUILTINS: ReadonlySet<string> = new Set(builtinModules);

/** Functions of a module of Node that are named at load and hardly ever called: only plugins of a kubeconfig are started. */
const LATE: Readonly<Record<string, readonly string[]>> = {
  child_process: ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"],
};

function requireBuiltins({ onResolve, onLoad }: PluginBuild): void {
  onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path, kind }: OnResolveArgs) => {
    const name = path.replace(/^node:/, "");
    if (!path.startsWith("node:") && !BUILTINS.has(name)) return undefined;
    return kind === "require-call" ? { path, external: true } : { path: name, namespace: "required" };
  });
  onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => {
    const real = `require("node:${path}")`;
    const late = LATE[path]?.map((name) => `exports.${name}=(...given)=>${real}.${name}(...given)`);
    return { contents: late?.join(";") ?? `module.exports=${real}` };
  });
}

/** What stands for import.meta.url in CommonJS: `__url`. */
export const FILE_URL = 'const __url=require("node:url").pathToFileURL(__filename).href;';

/** Writes the files of the packages that the bundles asked for. */
export async function buildApart(
  asked: ReadonlyMap<string, RarePackage>,
  into: string,
  options: Parameters<typeof build>[0],
): Promise<readonly Metafile[]> {
  const files = Map.groupBy(asked, ([, { file }]) => file);
  const all = [...files].map(async ([file, packages]) => {
    const lines = packages.flatMap(([name, { path, names }]) =>
      names.map((one) => `export{${one} as ${alias(name, one)}}from${JSON.stringify(path)};`),
    );
    const { metafile } = await build({
      ...options,
      stdin: { contents: lines.sort().join("\n"), resolveDir: ".", sourcefile: `${file}.js` },
      outfile: `${into}/${file}.cjs`,
      format: "cjs",
      plugins: [{ name: "spare", setup: spare }],
      metafile: true,
      banner: { js: FILE_URL },
      define: { ...options.define, "import.meta.url": "__url" },
    });
    return metafile;
  });
  return Promise.all(all);
}
