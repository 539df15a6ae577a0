/** Prints the bill of materials (CycloneDX JSON) of what the bundle may contain: sbom.ts [VERSION [REVISION [SOURCE]]]. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

interface Lock {
  readonly name: string;
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>;
}
interface Bill {
  serialNumber?: string;
  metadata: {
    timestamp?: string;
    component: { name: string; version: string; "bom-ref": string; properties?: { name: string; value: string }[] };
  };
  components: { "bom-ref": string }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

// from the lock file alone, and equal lock files give equal bytes
const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
// not npm's --omit dev: it also drops what a dev dependency merely shares with us, such as yaml
const shipped = new Set(
  Object.entries(lock.packages).flatMap(([path, { version, dev }]) =>
    dev ? [] : [`${path.slice(path.lastIndexOf("node_modules/") + 13)}@${version}`],
  ),
);
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
component.name = lock.name;
component.version = version;
component.properties = Object.entries({ revision, source }).flatMap(([name, value]) =>
  value ? [{ name, value }] : [],
);
shipped.add(component["bom-ref"]);
bill.components = bill.components.filter((part) => shipped.has(part["bom-ref"]));
bill.dependencies = bill.dependencies
  .filter(({ ref }) => shipped.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((part) => shipped.has(part)) }));
console.log(JSON.stringify(bill));
