/** Values of flags that no flag has: empty, twice, or neither true nor false. Each is refused, of every flag of every command, and nothing is done. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../job/cli/options.ts";
import { runCli } from "../../job/cli/program.ts";
import { waveFile } from "../fakes/cli.ts";
import { QUIET } from "../fakes/io.ts";

const folder = mkdtempSync(join(tmpdir(), "values-"));
afterAll(() => rmSync(folder, { recursive: true }));
const SERIES = waveFile(folder);

async function cli(argv: readonly string[]) {
  let [out, err] = ["", ""];
  const io = {
    ...QUIET,
    argv,
    env: {},
    version: "1",
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  return { code: await runCli(io), out, err };
}

const RUN = ["--history-file", SERIES, "--target-cpu", "50m", "--dry-run"];
/** A command with the file that it needs. */
const start = (name: string) => [
  ...(name === "run" ? [] : [name]),
  ...(/^(replay|backtest|advise)$/.test(name) ? [SERIES] : []),
];

describe("wrong usage", () => {
  it("is every flag that is given twice with two values, and none that says the same twice", async () => {
    // one flag of each kind
    for (const { name, options } of COMMANDS)
      for (const { flag, node } of new Map(options.map((option) => [option.node.kind, option])).values()) {
        const [a, b] = node.kind === "toggle" ? ["=true", "=false"] : ["=1", "=2"];
        const twice = await cli([...start(name), `--${flag}${a}`, `--${flag}${b}`]);
        expect(twice, `${name} --${flag}`).toMatchObject({ code: 2, out: "" });
        expect(twice.err).toContain(`--${flag} appears twice, with `);
      }
    const same = await cli([...RUN, "--min", "2", "--min", "2", "--json", "--json", "-n", "shop", "--namespace=shop"]);
    expect([same.code, same.err]).toEqual([0, (await cli([...RUN, "--min", "2", "--json", "-n", "shop"])).err]);
  });

  it("is an empty name of a file, of every flag that takes one", async () => {
    for (const { name, options } of COMMANDS)
      for (const { flag, setting, node } of options) {
        if (setting !== null || node.kind !== "text") continue;
        const { code, out, err } = await cli([...start(name), `--${flag}=`]);
        expect({ code, out }, `${name} --${flag}`).toEqual({ code: 2, out: "" });
        expect(err).toMatch(new RegExp(`--${flag}:? needs (a value|the name of a file)`));
      }
  });

  it("is every own number of a command that is none, before anything is read or replayed", async () => {
    const numbers = COMMANDS.flatMap((spec) =>
      spec.options.flatMap(({ flag, setting, node }) =>
        setting === null && node.kind === "quantity" ? [[spec.name, flag] as const] : [],
      ),
    );
    expect(numbers).toContainEqual(["replay", "price"]);
    for (const [name, flag] of numbers) {
      const words = [...start(name)].map((word) => (word === SERIES ? join(folder, "nothere") : word));
      const { code, out, err } = await cli([...words, `--${flag}=NaN`]);
      expect({ code, out }, `${name} --${flag}`).toEqual({ code: 2, out: "" });
      expect(err).toMatch(new RegExp(`^prophet-autoscaler: --${flag}: must be .*, got "NaN"\\.\n$`));
    }
  });

  it("is every value of a switch that is neither true nor false: --dry-run=client of kubectl would scale", async () => {
    const word = fc.oneof(
      fc.constantFrom("client", "server", "yes", "no", "1", "0", "TRUE", "on", "", " "),
      fc
        .string({ unit: "grapheme-ascii", maxLength: 5 })
        .filter((text) => !/^(true|false)$/.test(text) && !/["']/.test(text)),
    );
    const switches = COMMANDS.flatMap(({ name, options }) =>
      options.flatMap(({ flag, node }) => (node.kind === "toggle" ? [[name, flag] as const] : [])),
    );
    expect(switches).toContainEqual(["run", "dry-run"]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...switches), word, async ([name, flag], value) => {
        const { code, out, err } = await cli([...start(name), `--${flag}=${value}`]);
        expect({ code, out }).toEqual({ code: 2, out: "" });
        expect(err).toContain(`--${flag}: must be true or false, got `);
      }),
      { numRuns: 60 },
    );
    expect((await cli([...RUN.slice(0, -1), "--dry-run=true"])).code).toBe(0);
  });
});
