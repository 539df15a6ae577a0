/** The table is wired once: a group that is added to it, a flag and a secret, arrives everywhere by itself. */
import { describe, expect, expectTypeOf, it } from "vitest";
import { commandsOf } from "../../job/cli/options.ts";
import { parse } from "../../job/cli/parse.ts";
import { parseQuickly } from "../../job/cli/quick.ts";
import { configSchema } from "../../job/config/json-schema.ts";
import { type ConfigError, loadSettings } from "../../job/config/load.ts";
import { group, quantity, secret, text } from "../../job/config/schema.ts";
import { secretsIn } from "../../job/config/secrets.ts";
import { TABLE } from "../../job/config/table.ts";
import { createRedactor } from "../../job/output/redactor.ts";
import { cliPage, configurationPage } from "../../scripts/docs.ts";
import { valuesSchema } from "../../scripts/helm-schema.ts";

const PAGER = group({
  about: "Who is woken.",
  rules: [{ level: "refuse", fields: ["key", "keyFile"], allowed: [0, 1], says: "needs one key, not two." }],
  fields: {
    channel: text({ about: "Where it rings.", flag: "pager-channel" }),
    patience: quantity({
      about: "How long it waits.",
      unit: "seconds",
      min: 5,
      max: 600,
      default: 60,
      flag: "pager-patience",
    }),
    ...secret("key", { about: "Key of the pager." }),
  },
});
const EXTENDED = {
  run: { ...TABLE.run, fields: { ...TABLE.run.fields, pager: PAGER } },
  target: { ...TABLE.target, fields: { ...TABLE.target.fields, team: text({ about: "Whose it is.", flag: "team" }) } },
};
const commands = commandsOf(EXTENDED);
const canary = "canary-5e0f91";

function load(flags: Readonly<Record<string, unknown>>, file = "{}", env: Readonly<Record<string, string>> = {}) {
  const base = { prometheus: "http://p", deployment: "web", "target-cpu": "1", config: "a.yaml" };
  return loadSettings({ flags: { ...base, ...flags }, env, readFile: async () => file }, EXTENDED);
}

describe("a group that is added to the table", () => {
  it("has its types, and its values arrive in Settings, each from its nearest source", async () => {
    const env = { PROPHET_AUTOSCALER_PAGER_PATIENCE: "20s", PROPHET_AUTOSCALER_PAGER_KEY: canary };
    const file = "pager: { channel: night, patience: 30s }\ndefaults: { team: red }";
    const settings = await load({ "pager-channel": "day" }, file, env);
    expectTypeOf(settings.pager.channel).toEqualTypeOf<string | undefined>();
    expectTypeOf(settings.pager.patience).toEqualTypeOf<number>();
    expectTypeOf(settings.pager.key).toEqualTypeOf<string | undefined>();
    expectTypeOf(settings.pager.keyFile).toEqualTypeOf<string | undefined>();
    expectTypeOf(settings.targets[0]!.team).toEqualTypeOf<string | undefined>();
    expectTypeOf(settings.prometheus.timeout).toEqualTypeOf<number>();
    // @ts-expect-error what is not in the table is not in the type
    expect(settings.pager.volume).toBeUndefined();
    expect(settings.pager).toEqual({ channel: "day", patience: 20, key: canary });
    expect(settings.targets[0]).toMatchObject({ name: "web", team: "red" });
    expect((await load({})).pager).toEqual({ patience: 60 });
  });

  it("is checked, by field and across fields", async () => {
    const issues = async (file: string) =>
      load({}, file).then(
        () => [],
        (error: ConfigError) => error.issues.map(({ path }) => path),
      );
    expect(await issues("pager: { patience: 1s, chanel: x }")).toEqual(["pager.patience", "pager.chanel"]);
    expect(await issues("pager: { key: a, keyFile: /b }")).toEqual(["pager"]);
  });

  it("has its flags, with help under its own heading and ranges", () => {
    const io = { version: "1", columns: 200 };
    const argv = ["--pager-channel", "day", "--pager-patience=30s", "--team", "red"];
    const flags = { "pager-channel": "day", "pager-patience": "30s", team: "red" };
    expect(parse({ ...io, argv }, commands)).toMatchObject({ flags });
    expect(parseQuickly(argv, commands)?.flags).toEqual(flags);
    const help = String(parse({ ...io, argv: ["--help"] }, commands));
    expect(help).toMatch(
      /^Pager:\n +--pager-channel +Where it rings\. .*\n +--pager-patience +How long it waits\. \[5s to 10m\] \[default: 1m\]/m,
    );
    expect(help).not.toContain("pager-key");
  });

  it("has its variables, those of the secret among them", async () => {
    const env = {
      PROPHET_AUTOSCALER_PAGER_CHANNEL: "x",
      PROPHET_AUTOSCALER_PAGER_KEY_FILE: "/k",
      PROPHET_AUTOSCALER_TEAM: "red",
    };
    const settings = await load({}, "{}", env);
    expect(settings.pager).toEqual({ channel: "x", patience: 60, keyFile: "/k" });
    expect(settings.targets[0]!.team).toBe("red");
  });

  it("is in the docs", () => {
    const page = configurationPage(EXTENDED);
    expect(page).toContain("## pager\n\nWho is woken.");
    for (const field of ["pager.channel", "pager.key", "pager.keyFile", "team"])
      expect(page).toContain(`| \`${field}\` |`);
    expect(page).toContain("`PROPHET_AUTOSCALER_PAGER_KEY_FILE`");
    expect(cliPage(EXTENDED)).toContain("**Pager:**");
    expect(cliPage(EXTENDED)).toContain("| `--pager-patience` VALUE | How long it waits. |");
  });

  it("is in the JSON Schema, and in the chart's without the secret that a ConfigMap would show", () => {
    const fields = (schema: unknown) =>
      Object.keys((schema as { properties: { pager: { properties: object } } }).properties.pager.properties);
    expect(fields(configSchema(EXTENDED))).toEqual(["channel", "patience", "key", "keyFile"]);
    const { config } = (valuesSchema(EXTENDED) as { properties: { config: object } }).properties;
    expect(fields(config)).toEqual(["channel", "patience", "keyFile"]);
  });

  it("is not shown where it has a wrong type, however short it is", async () => {
    const error = await load({}, "pager: { key: 50123 }").catch((e: unknown) => e);
    expect(String(error)).toContain("pager.key: must be a text that is not empty, got a number.");
  });

  it("is known to the redactor: the secret, its file, and a secret in a wrong form", async () => {
    const settings = await load({}, `pager: { key: ${canary} }`);
    expect(secretsIn(EXTENDED.run, settings)).toEqual({ values: [canary], files: [] });
    expect(secretsIn(EXTENDED.run, await load({}, "pager: { keyFile: /k }"))).toEqual({ values: [], files: ["/k"] });
    for (const wrong of [
      `pager: { key: { a: [${canary}] } }`,
      `pager: ${canary}`,
      `pager: [${canary}]`,
      `pager: { ${canary}: 1 }`,
    ]) {
      const redactor = createRedactor();
      const readFile = async () => wrong;
      const sources = { flags: { config: "a.yaml" }, env: {}, readFile, learn: redactor.learn };
      const error = await loadSettings(sources, EXTENDED).catch((e: unknown) => e);
      expect(String(error)).toContain("pager");
      expect(String(error)).not.toContain(canary);
      if (!wrong.includes("1")) expect(redactor(`echo ${canary}`)).not.toContain(canary);
    }
  });
});
