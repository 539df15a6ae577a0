/** The plural of a kind that follows no rule: from the settings to the path, and what is no plural is refused. */
import { expect, test } from "vitest";
import { objectPath } from "../../job/adapters/kubernetes-path.ts";
import { ConfigError, loadSettings } from "../../job/config/load.ts";

const load = (ref: object, env: Record<string, string> = {}) =>
  loadSettings({
    flags: { config: "c.yaml" },
    env,
    readFile: async () =>
      JSON.stringify({
        targets: [{ scaleTargetRef: { name: "m", apiVersion: "lab.io/v1", kind: "Mouse", ...ref }, targetCpu: 1 }],
      }),
  });

test("is the kind's regular one unless given, in the file or as a variable", async () => {
  const path = async (ref: object, env = {}) => {
    const [target] = (await load(ref, env)).targets;
    return objectPath(target!.namespace, target!.scaleTargetRef);
  };
  expect(await path({})).toBe("/apis/lab.io/v1/namespaces/default/mouses/m");
  expect(await path({ resource: "mice" })).toBe("/apis/lab.io/v1/namespaces/default/mice/m");
  expect(await path({}, { PROPHET_AUTOSCALER_SCALE_TARGET_REF_RESOURCE: "mice" })).toBe(
    "/apis/lab.io/v1/namespaces/default/mice/m",
  );
});

test.each(["Mice", "mice/scale", "../pods", "mice.lab.io", "-mice", "mi ce", "", 7])(
  "is refused: %j",
  async (resource) => {
    const error = await load({ resource }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).issues).toEqual([
      {
        path: "targets[0].scaleTargetRef.resource",
        message: expect.stringContaining("the NAME column of kubectl api-resources"),
      },
    ]);
  },
);
