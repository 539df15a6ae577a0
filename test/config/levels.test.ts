/** Of `slo` and `quantile` the nearer layer's holds; one layer that says both is warned of. */
import { expect, it } from "vitest";
import { loadSettings } from "../../job/config/load.ts";

it("takes the nearer of slo and quantile, with the level for scale-in beside it", async () => {
  type Said = Partial<Record<"slo" | "quantile" | "scaleDownQuantile", number>>;
  /** What each layer says, from the farthest; then the level in the settings, and how many warnings. */
  const levels = async (defaults: Said, entry: Said, variables: Said, flags: Said) => {
    const file = {
      defaults,
      targets: [{ scaleTargetRef: { name: "web" }, targetCpu: 1, ...entry }],
    };
    const named = (said: Said, name: (key: string) => string) =>
      Object.fromEntries(Object.entries(said).map(([key, value]) => [name(key), String(value)]));
    const env = named(variables, (key) => `PROPHET_AUTOSCALER_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`);
    const all = named(flags, (key) => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`));
    const { targets, warnings } = await loadSettings({
      flags: { config: "a", ...all },
      env,
      readFile: async () => JSON.stringify(file),
    });
    const { slo, quantile, scaleDownQuantile } = targets[0]!;
    return [slo, quantile, scaleDownQuantile, ...warnings];
  };
  const [slo, fixed] = [{ slo: 0.01 }, { quantile: 0.9 }];
  const both = { ...slo, ...fixed };
  const keep = { scaleDownQuantile: 0.95 };
  for (let near = 1; near < 4; near++)
    for (let far = 0; far < near; far++) {
      const at = (under: Said, over: Said) => {
        const said = [0, 1, 2, 3].map((i) => (i === far ? under : i === near ? over : {}));
        return levels(...(said as [Said, Said, Said, Said]));
      };
      expect(await at(fixed, slo)).toEqual([0.01, undefined, undefined]);
      expect(await at({ ...fixed, ...keep }, slo)).toEqual([0.01, undefined, undefined]);
      expect(await at({ ...fixed, ...keep }, { ...slo, scaleDownQuantile: 0.97 })).toEqual([0.01, undefined, 0.97]);
      // on its own it is no part of a fixed level
      expect(await at(keep, slo)).toEqual([0.01, undefined, 0.95]);
      expect(await at(slo, fixed)).toEqual([undefined, 0.9, 0.99]);
      expect(await at(both, { slo: 0.02 })).toEqual([0.02, undefined, undefined]);
    }
  const warned = "has no effect together with quantile, which fixes the level. Keep one.";
  expect(await levels({}, both, {}, {})).toEqual([0.01, 0.9, 0.99, `targets[0].slo: ${warned}`]);
  expect(await levels({}, {}, {}, both)).toEqual([0.01, 0.9, 0.99, `--slo: ${warned}`]);
});
