/** Lists the packages of a bundle with the texts of their licences, which a bundler strips. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** A package whose code is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json says, in SPDX's words. */
  readonly license: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type: string };
}

/** Files in which packages keep what must be passed on. */
const TEXTS = /^(licen[cs]e|copying|copyright|notice|third[-_ ]?party)/i;

/** Folders of the packages of which at least a byte is in the bundle, in the order of their names. */
function foldersIn(metafiles: readonly Metafile[]): readonly string[] {
  const outputs = metafiles.flatMap((metafile) => Object.values(metafile.outputs));
  const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => {
    const match = /^(?:.*:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
    return match === null || bytesInOutput === 0 ? [] : [match[1]!];
  });
  return [...new Set(folders)].sort();
}

/** Its texts: files of their own, or else the last part of its README. */
function textsOf(folder: string): readonly string[] {
  const files = readdirSync(folder).sort();
  const read = (file: string) => readFileSync(join(folder, file), "utf8").replaceAll("\r", "").trim();
  const own = files.filter((file) => TEXTS.test(file));
  if (own.length > 0) return own.map(read);
  const section = /^(?:#+ *licen[cs]e|licen[cs]e\n-+)\n+([\s\S]*)/im;
  const readme = files.filter((file) => /^readme/i.test(file)).flatMap((file) => section.exec(read(file))?.[1] ?? []);
  return readme.filter((text) => /permission/i.test(text));
}

function readPart(folder: string): BundledPackage & { readonly texts: readonly string[] } {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const spdx = typeof license === "object" ? license.type : license;
  const own = textsOf(folder);
  // that licence's text names nobody, so it is the same for all: ours
  const texts = own.length === 0 && spdx === "Apache-2.0" ? [readFileSync("LICENSE", "utf8").trim()] : own;
  if (spdx === undefined || texts.length === 0)
    throw new Error(
      `${name}@${version} in ${folder} says nothing of its licence, whose text must travel with the bundle`,
    );
  return { name, version, license: spdx, texts };
}

/**
 * Writes THIRD-PARTY.txt and third-party.json into the folder `into`, from esbuild's metafiles. Throws where a package brings no text of
 * its licence.
 */
export function writeThirdParty(metafiles: readonly Metafile[], into: string): void {
  // one that is there in two places is one
  const found = foldersIn(metafiles).map(readPart);
  const named = new Map(found.map((part) => [`${part.name} ${part.version}`, part]));
  const parts = [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  const list = parts.map(({ name, version, license }) => `  ${name} ${version} (${license})`);
  // most of them share the words, and differ in who wrote them
  const byText = Map.groupBy(parts, ({ texts }) => texts.join("\n\n"));
  const line = "-".repeat(80);
  const sections = [...byText].map(([text, of]) => {
    const names = of.map(({ name, version }) => `${name} ${version}`);
    return [line, ...names, line, "", text].join("\n");
  });
  const head = "The files beside this one hold code of these packages, each under its own licence.";
  writeFileSync(join(into, "THIRD-PARTY.txt"), `${[head, list.join("\n"), ...sections].join("\n\n")}\n`);
  const plain: readonly BundledPackage[] = parts.map(({ texts: _texts, ...part }) => part);
  writeFileSync(join(into, "third-party.json"), `${JSON.stringify(plain, null, 1)}\n`);
}
