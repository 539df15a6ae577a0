/** A canary at every place of the configuration file, of a wrong type or in broken YAML: nobody hears it. */
import { describe, expect, it } from "vitest";
import { CANARY, canaryFile, runCanary } from "./canary.ts";
import { brokenForms, type OutputPlace, placesIn, withValue, yamlWith } from "./places.ts";

const places = placesIn();
const at = ({ path }: OutputPlace) => (path.length === 0 ? "the file" : path.join("."));
const target = { targets: [{ scaleTargetRef: { name: "web" }, targetCpu: 0.1 }] };

describe("a canary in the configuration file", () => {
  it("has every place of the table", () => {
    expect(places.filter(({ secret }) => secret).map(at)).toEqual(
      expect.arrayContaining(["prometheus.bearerToken", "prometheus.basic.password", "prometheus.headers.X-Name"]),
    );
    expect(places.length).toBeGreaterThan(80);
  });

  it.each(places.map((place) => [at(place), place] as const))(
    "of a wrong type at %s is not shown",
    async (_name, place) => {
      const shaped = [`Bearer ${CANARY}`, `http://user:${CANARY}@h/x`, `authorization: ${CANARY}`];
      const plain = [
        CANARY,
        [CANARY],
        [[CANARY]],
        [{ a: CANARY }],
        { a: { b: CANARY } },
        { [CANARY]: { [CANARY]: CANARY } },
      ];
      for (const value of [...shaped, ...plain]) {
        await runCanary([
          "--once",
          "--config",
          canaryFile(withValue(target, place.path, value)),
          "--replicas",
          "1",
          "--dry-run",
        ]);
      }
    },
  );

  it.each(places.filter(({ secret, path }) => secret && path.length > 0).map((place) => [at(place), place] as const))(
    "beside broken YAML at %s is not quoted",
    async (_name, { path }) => {
      for (const form of brokenForms(CANARY)) {
        const { code } = await runCanary(["--once", "--config", canaryFile(yamlWith(path, form)), "--json"]);
        expect(code).toBe(2);
      }
    },
  );
});
