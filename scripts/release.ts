/** `npm run release -- STEP VERSION`: makes and publishes a release step by step; the workflow release.yml calls the steps in order. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse, stringify } from "yaml";

const USAGE = `npm run release -- STEP VERSION [--local]
  check    version, chart, manifests and CHANGELOG.md say VERSION
  notes    the notes, from CHANGELOG.md
  site     the guides as a site, to be served below /VERSION/
  assets   the package, the bill of materials, the site, their checksums
  login    Docker, Helm and cosign know the registry's account
  image    both images for amd64 and arm64, with SBOM and provenance, pushed and signed
  chart    the chart with what Artifact Hub wants to know, pushed and signed
  draft    a draft of the release with notes and assets
VERSION may begin with v. --local does what needs no registry and no account, and prints the rest.
From the environment: REGISTRY (HOST/PATH to push to), SOURCE (URL of the repository), REVISION (the commit);
for login REGISTRY_USER and REGISTRY_PASSWORD.
`;

/** Where the files of a release are. */
const OUT = "out/release";
const PLATFORMS = "linux/amd64,linux/arm64";
const IMAGES: Readonly<Record<string, string>> = {
  "prophet-autoscaler": "Dockerfile",
  "prophet-autoscaler-stress-app": "stress-app/Dockerfile",
};

/** What a step of a release needs to know. */
export interface Facts {
  readonly version: string;
  readonly registry: string;
  readonly source: string;
  readonly revision: string;
}

/** The part of CHANGELOG.md about one version, without its heading; "" where it has none. */
export function notesOf(changelog: string, version: string): string {
  const parts = changelog.split(/^## /m).slice(1);
  const own = parts.find((part) => part.split(/[\s,]/)[0] === version);
  return own === undefined ? "" : own.slice(own.indexOf("\n")).trim();
}

/** Places of the repository that name another version than this one, a sentence each; none when all agree. `read` gives a file's text. */
export function disagreements(version: string, read: (path: string) => string): readonly string[] {
  const chart = parse(read("manifests/helm/Chart.yaml")) as { readonly version: string; readonly appVersion: string };
  const lock = JSON.parse(read("package-lock.json")) as { readonly version: string };
  const cronJob = /image: prophet-autoscaler:(\S+)/.exec(read("manifests/base/cronjob.yaml"))?.[1];
  const said: Readonly<Record<string, string | undefined>> = {
    "package.json": (JSON.parse(read("package.json")) as { readonly version: string }).version,
    "package-lock.json": lock.version,
    "manifests/helm/Chart.yaml, version": chart.version,
    "manifests/helm/Chart.yaml, appVersion": chart.appVersion,
    "manifests/base/cronjob.yaml": cronJob,
  };
  const other = Object.entries(said).flatMap(([where, has]) =>
    has === version ? [] : [`${where} says ${has ?? "nothing"}, the release is ${version}`],
  );
  const changelog = read("CHANGELOG.md");
  const heading = new RegExp(`^## ${version.replaceAll(".", "\\.")}(.*)$`, "m").exec(changelog)?.[1];
  if (notesOf(changelog, version) === "") other.push(`CHANGELOG.md has no section ${version}`);
  else if (!/^, \d{4}-\d{2}-\d{2}$/.test(heading ?? ""))
    other.push(`CHANGELOG.md: the heading of ${version} needs its date, as in "## ${version}, 2026-01-31"`);
  return other;
}

/** The command that builds one image for amd64 and arm64, pushes it, and writes its digest into a file. Program first, then arguments. */
export function buildCommand(name: string, { version, registry, source, revision }: Facts): readonly string[] {
  const facts = Object.entries({ VERSION: version, REVISION: revision, SOURCE: source, SOURCE_DATE_EPOCH: "0" });
  return [
    ...["docker", "buildx", "build", "--platform", PLATFORMS, "--sbom=true", "--provenance=mode=max"],
    ...facts.flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]),
    ...["--file", IMAGES[name]!, "--metadata-file", `${OUT}/${name}.json`],
    ...["--output", `type=image,name=${registry}/${name}:${version},push=true,rewrite-timestamp=true`, "."],
  ];
}

/** The text of Chart.yaml for a release: its version, the registry, the source and the notes are filled in. */
export function releasedChart(text: string, { version, registry, source }: Facts, notes: string): string {
  const chart = parse(text) as { readonly annotations: Readonly<Record<string, string>> };
  const platforms = PLATFORMS.split(",");
  const images = Object.keys(IMAGES).map((name) => ({ name, image: `${registry}/${name}:${version}`, platforms }));
  const links = [
    { name: "Documentation", url: `${source}/tree/v${version}/docs` },
    { name: "Changes", url: `${source}/blob/v${version}/CHANGELOG.md` },
    { name: "Support", url: `${source}/issues` },
  ];
  const changes = [...notes.matchAll(/^- (.*(?:\n {2}.*)*)/gm)].map(([, line]) => line!.replace(/\s+/g, " "));
  const annotations = {
    ...chart.annotations,
    "artifacthub.io/images": stringify(images, { aliasDuplicateObjects: false }),
    // without a source there is nothing to link to
    ...(source !== "" && { "artifacthub.io/links": stringify(links) }),
    "artifacthub.io/changes": stringify(changes),
    "artifacthub.io/prerelease": String(version.includes("-")),
  };
  const from = source === "" ? {} : { home: source, sources: [source] };
  return stringify({ ...chart, version, appVersion: version, ...from, annotations });
}

const read = (path: string): string => readFileSync(path, "utf8");
const say = (argv: readonly string[]) => console.error(`+ ${argv.join(" ")}`);

function run(argv: readonly string[]): string {
  say(argv);
  return execFileSync(argv[0]!, argv.slice(1), { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/**
 * Each step of a release by its name, in the order of release.yml. `push` runs what needs a registry or an account; with --local it only
 * prints it.
 */
export const STEPS: Readonly<Record<string, (facts: Facts, push: (argv: readonly string[]) => string) => void>> = {
  check({ version }) {
    const other = disagreements(version, read);
    if (other.length > 0) throw new Error(other.join("\n"));
  },
  notes({ version }) {
    writeFileSync(`${OUT}/notes.md`, `${notesOf(read("CHANGELOG.md"), version)}\n`);
  },
  site({ version }) {
    process.env.SITE_BASE = `/${version}/`;
    run(["npm", "run", "site"]);
    run(["tar", "-czf", `${OUT}/site-${version}.tgz`, "-C", "docs/.vitepress/dist", "."]);
  },
  assets({ version, revision, source }) {
    run(["npm", "pack", "--pack-destination", OUT]);
    writeFileSync(`${OUT}/sbom.json`, run(["node", "scripts/sbom.ts", version, revision, source]));
    const files = readdirSync(OUT).filter((name) => /\.tgz$|^sbom\.json$/.test(name));
    const sums = files.map((name) => {
      const sum = createHash("sha256")
        .update(readFileSync(join(OUT, name)))
        .digest("hex");
      return `${sum}  ${name}\n`;
    });
    writeFileSync(`${OUT}/SHA256SUMS`, sums.join(""));
  },
  login({ registry }) {
    const { REGISTRY_USER = "", REGISTRY_PASSWORD = "" } = process.env;
    // Helm and cosign read what Docker stores
    const argv = ["login", registry.split("/")[0]!, "--username", REGISTRY_USER, "--password-stdin"];
    execFileSync("docker", argv, { input: REGISTRY_PASSWORD, stdio: ["pipe", "inherit", "inherit"] });
  },
  image(facts, push) {
    for (const name of Object.keys(IMAGES)) {
      push(buildCommand(name, facts));
      const digest = digestOf(name) ?? "DIGEST";
      push(["cosign", "sign", "--yes", `${facts.registry}/${name}@${digest}`]);
    }
  },
  chart(facts, push) {
    const folder = `${OUT}/chart`;
    // the links of the folder become files, as `helm package` makes them
    cpSync("manifests/helm", folder, { recursive: true, dereference: true });
    const notes = notesOf(read("CHANGELOG.md"), facts.version);
    writeFileSync(`${folder}/Chart.yaml`, releasedChart(read("manifests/helm/Chart.yaml"), facts, notes));
    // not beside the package, whose archive has the same name
    run(["helm", "package", folder, "--destination", `${OUT}/charts`]);
    rmSync(folder, { recursive: true });
    const charts = `${facts.registry}/charts`;
    const said = push(["helm", "push", `${OUT}/charts/prophet-autoscaler-${facts.version}.tgz`, `oci://${charts}`]);
    const digest = /Digest: (sha256:\w+)/.exec(said)?.[1] ?? "DIGEST";
    push(["cosign", "sign", "--yes", `${charts}/prophet-autoscaler@${digest}`]);
  },
  draft({ version }, push) {
    const files = readdirSync(OUT).filter((name) => /\.tgz$|^sbom\.json$|^SHA256SUMS$/.test(name));
    const paths = files.map((name) => `${OUT}/${name}`);
    push([
      "gh",
      "release",
      "create",
      `v${version}`,
      "--draft",
      "--title",
      version,
      "--notes-file",
      `${OUT}/notes.md`,
      ...paths,
    ]);
  },
};

/** The digest that a build wrote; undefined where there was none. */
function digestOf(name: string): string | undefined {
  if (!readdirSync(OUT).includes(`${name}.json`)) return undefined;
  return (JSON.parse(read(`${OUT}/${name}.json`)) as Record<string, string>)["containerimage.digest"];
}

function main(): number {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { local: { type: "boolean" } } });
  const [step = "", version = ""] = positionals;
  if (!Object.hasOwn(STEPS, step) || !/^v?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
    console.error(USAGE);
    return 2;
  }
  const { REGISTRY = "", SOURCE = "", REVISION = "unknown" } = process.env;
  const local = values.local === true;
  if (REGISTRY === "" && !local && ["login", "image", "chart"].includes(step)) {
    console.error("REGISTRY is not set: in the repository's settings, add the variable REGISTRY, as HOST/PATH");
    return 2;
  }
  mkdirSync(OUT, { recursive: true });
  const push = (argv: readonly string[]): string => {
    if (!local) return run(argv);
    say(["(not run)", ...argv]);
    return "";
  };
  const facts = {
    version: version.replace(/^v/, ""),
    registry: REGISTRY || "registry.example.com",
    source: SOURCE,
    revision: REVISION,
  };
  try {
    STEPS[step]!(facts, push);
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
}

if (import.meta.main) process.exitCode = main();
