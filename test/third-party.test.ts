/** Licences: whatever the source maps say is in the bundle has its text beside the bundle, and nothing that is bundled is installed a second time. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeThirdParty } from "../scripts/third-party.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const built = existsSync(join(dist, "job.js"));
if (!built) console.log("skipped: dist/job.js is not there; npm run build makes it");

/** Folders of packages below node_modules, by the maps of the bundle: another witness than the one that the texts are made by. */
function bundledFolders(): string[] {
  const maps = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => /\.c?js\.map$/.test(file));
  const sources = maps.flatMap(
    (file) => (JSON.parse(readFileSync(join(dist, file), "utf8")) as { sources: string[] }).sources,
  );
  const folder = /.*(node_modules\/(?:@[^/]+\/)?[^/]+)\//;
  const inMaps = sources.flatMap((path) => folder.exec(path.replace(/^(\.\.\/)+/, ""))?.[0].slice(0, -1) ?? []);
  // in the script of the report page, which is a text for the bundle
  return [...new Set([...inMaps, "node_modules/uplot"])].sort();
}

test.skipIf(!built)(
  "no bundled package is missing from THIRD-PARTY.txt, and its own text is there, word for word",
  () => {
    const text = readFileSync(join(dist, "THIRD-PARTY.txt"), "utf8");
    const folders = bundledFolders();
    expect(folders.length).toBeGreaterThan(50);
    for (const folder of folders) {
      const { name, version } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      expect(text, folder).toMatch(new RegExp(`^${name} ${version}$`, "m"));
      for (const file of readdirSync(join(root, folder)).filter((entry) => /^(licen[cs]e|notice)/i.test(entry)))
        expect(text, `${folder}/${file}`).toContain(
          readFileSync(join(root, folder, file), "utf8")
            .replaceAll("\r", "")
            .trim(),
        );
    }
  },
);

test("a package without a text of its licence stops the build; one byte of it is enough, none is not", () => {
  const folder = mkdtempSync(join(tmpdir(), "third-party-"));
  const bare = join(folder, "node_modules/@scope/bare");
  mkdirSync(bare, { recursive: true });
  writeFileSync(join(bare, "package.json"), JSON.stringify({ name: "@scope/bare", version: "1.0.0", license: "MIT" }));
  const write = (bytesInOutput: number) => {
    const output = { bytes: 1, imports: [], exports: [], inputs: { [join(bare, "index.js")]: { bytesInOutput } } };
    writeThirdParty([{ inputs: {}, outputs: { "a.js": output } }], folder);
    return readFileSync(join(folder, "THIRD-PARTY.txt"), "utf8");
  };
  try {
    expect(() => write(1)).toThrow(/@scope\/bare@1.0.0 in .* says nothing of its licence/);
    expect(write(0)).not.toContain("bare");
    writeFileSync(join(bare, "README.md"), "# bare\n\n## License\n\nPermission is granted.\n");
    expect(write(1)).toContain("Permission is granted.");
    writeFileSync(join(bare, "LICENSE.md"), "The text.\r\n");
    expect(write(1)).toMatch(/^-+\n@scope\/bare 1.0.0\n-+\n\nThe text.\n$/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what is bundled is nobody's to install: a package has no dependencies, and one optional one that cannot be bundled", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // a new one belongs into devDependencies, as `npm install --save-dev` puts it
  expect(manifest.dependencies ?? {}).toEqual({});
  expect(Object.keys(manifest.optionalDependencies)).toEqual(["@resvg/resvg-js"]);
});
