/** Prints the bill of materials (CycloneDX JSON) of the bundle: sbom.ts [VERSION [REVISION [SOURCE]]]. Equal inputs give equal bytes. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { BundledPackage } from "./third-party.ts";

interface Bill {
  serialNumber?: string;
  metadata: {
    timestamp?: string;
    component: { name: string; version: string; "bom-ref": string; properties?: { name: string; value: string }[] };
  };
  components: { "bom-ref": string; properties?: { name: string; value: string }[] }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const { name } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly name: string };
// as the build beside it found them; npm itself knows only who installs what
const parts = JSON.parse(readFileSync("dist/third-party.json", "utf8")) as readonly BundledPackage[];
const shipped = new Set(parts.map(({ name, version }) => `${name}@${version}`));
const bill = JSON.parse(
  execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
    stdio: ["ignore", "pipe", "ignore"],
  }),
) as Bill;
// random, the time, and the name of the folder
delete bill.serialNumber;
delete bill.metadata.timestamp;
const { component } = bill.metadata;
const [version = component.version, revision, source] = process.argv.slice(2);
component.name = name;
component.version = version;
component.properties = Object.entries({ revision, source }).flatMap(([name, value]) =>
  value ? [{ name, value }] : [],
);
shipped.add(component["bom-ref"]);
bill.components = bill.components
  .filter((part) => shipped.has(part["bom-ref"]))
  // to npm they are for developers only, since nobody installs what is in the bundle
  .map(({ properties: _installed, ...part }) => ({ ...part, scope: "required" }));
const listed = new Set([component, ...bill.components].map((part) => part["bom-ref"]));
const missing = [...shipped].filter((part) => !listed.has(part));
if (missing.length > 0) throw new Error(`npm's bill of materials lacks ${missing.join(", ")}`);
bill.dependencies = bill.dependencies
  .filter(({ ref }) => shipped.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((part) => shipped.has(part)) }));
console.log(JSON.stringify(bill));
