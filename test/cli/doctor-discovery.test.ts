/** The rights that the doctor looks for where targets are found: those that their actuator uses. */
import { expect, it } from "vitest";
import { discoveryPermissions } from "../../job/cli/doctor-discovery.ts";
import { loadSettings } from "../../job/config/load.ts";

async function rights(defaults: object, flags: object = {}) {
  const text = JSON.stringify({ discover: [{ namespaces: ["shop"] }], defaults });
  const settings = await loadSettings({ flags: { config: "a", ...flags }, env: {}, readFile: async () => text });
  const all = discoveryPermissions(settings);
  const needed = all.filter(({ want }) => want === "need");
  const said = needed.map(
    ({ verb, resource, subresource }) => `${verb} ${resource}${subresource ? `/${subresource}` : ""}`,
  );
  return { all, said, todo: needed.at(-1)!.without };
}

it("are those of /scale, for both kinds", async () => {
  const { said, todo } = await rights({ targetCpu: 1 });
  expect(said).toEqual([
    "list deployments",
    "get deployments/scale",
    "patch deployments/scale",
    "list statefulsets",
    "get statefulsets/scale",
    "patch statefulsets/scale",
  ]);
  expect(todo).toBe("manifests/components/discover has the rules");
});

it.each<[string, object, object]>([
  ["the defaults", { actuator: "hpa" }, {}],
  ["a flag", { actuator: "scale" }, { actuator: "hpa" }],
])("are those of HPAs where %s want that one is set, each once", async (_, defaults, flags) => {
  const { all, said, todo } = await rights({ targetCpu: 1, ...defaults }, flags);
  const hpas = ["get horizontalpodautoscalers", "patch horizontalpodautoscalers"];
  expect(said).toEqual(["list deployments", ...hpas, "list statefulsets"]);
  expect(all.filter(({ want }) => want === "use")).toHaveLength(1);
  expect(all.find(({ verb, want }) => want === "need" && verb === "patch")?.without).toMatch(
    /change the rule of \/scale/,
  );
  expect(todo).toBe("manifests/components/discover has the rules");
});
