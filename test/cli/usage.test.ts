/** Ways to use the command line: short flags, flags before the command, completion by a real shell, and wrong ways, each with exit code 2 and plain words. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../job/cli/options.ts";
import { runCli } from "../../job/cli/program.ts";
import { skip } from "../cluster/available.ts";
import { QUIET } from "../fakes/io.ts";

const folder = mkdtempSync(join(tmpdir(), "usage-"));
afterAll(() => rmSync(folder, { recursive: true }));
const SERIES = join(folder, "cpu.csv");
const rows = Array.from({ length: 130 }, (_, i) => `${1_700_000_000 + 15 * i},0.2`);
writeFileSync(SERIES, `timestamp,value\n${rows.join("\n")}\n`);
writeFileSync(join(folder, "foreign.json"), '{"foo":1}');

async function cli(argv: readonly string[]) {
  let [out, err] = ["", ""];
  const code = await runCli({
    ...QUIET,
    argv,
    env: {},
    version: "1.2.3 (commit abc)",
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const words = (line: string) => line.split(" ").filter((word) => word !== "");
const RUN = `--history-file ${SERIES} --target-cpu 50m --dry-run`;

describe("the command line", () => {
  it("has kubectl's short flags", async () => {
    expect((await cli(["-h"])).out).toBe((await cli(["--help"])).out);
    expect((await cli(["-v"])).out).toBe("1.2.3 (commit abc)\n");
    for (const namespace of ["-n shop", "-nshop", "-n=shop", "--namespace shop"]) {
      const { code, out } = await cli(words(`${namespace} ${RUN} --deployment web`));
      expect(code).toBe(0);
      expect(out).toContain("shop/web: ");
    }
  });

  it("says of the run's own name that it is left out", async () => {
    const { code, err } = await cli(["run", ...words(RUN)]);
    expect([code, err]).toEqual([2, "prophet-autoscaler: The run has no word of its own: leave it out. See --help.\n"]);
    expect((await cli(["runn"])).err).not.toContain("Did you mean run?");
  });

  it.each([
    ["utf16.yaml", Buffer.from("\ufefftargets: []\n", "utf16le"), /cannot be read: it is not text in UTF-8; save it/],
    ["latin1.yaml", Buffer.from("# f\u00fcr\ntargets: []\n", "latin1"), /it is not text in UTF-8/],
    [
      "values.yaml",
      Buffer.from("image: {}\nconfig: { targets: [] }\n"),
      /has the chart's values: give what .* `config`/,
    ],
    ["map.yaml", Buffer.from("kind: ConfigMap\ndata: {}\n"), /is a ConfigMap: give the text under `data`/],
  ])("says of %s what it is, in place of the settings", async (name, bytes, words) => {
    writeFileSync(join(folder, name), bytes);
    const { code, err } = await cli(["--config", join(folder, name), "--dry-run"]);
    expect([code, err.trim().split("\n").length]).toEqual([2, 2]);
    expect(err).toMatch(words);
  });

  it.each([
    ["replay", "policies"],
    ["backtest", "methods"],
  ])("names in the help of %s all that --%s takes", async (command, flag) => {
    const { node } = COMMANDS.find(({ name }) => name === command)!.options.find((option) => option.flag === flag)!;
    const [, named] = /: ([a-z0-9, -]+)\.$/.exec(node.about)!;
    const { err } = await cli([command, SERIES, `--${flag}`, "nope"]);
    const [, taken] = /must be some of (.*), with commas/.exec(err)!;
    // the original every 15 s, and with Prophet's defaults: rows of a bench, which nobody chooses by hand
    const shown = taken!.split(", ").filter((name) => command !== "replay" || !/^(original15|prophet)$/.test(name));
    expect(named!.split(", ").sort(), `--${flag} in own-options.ts`).toEqual(shown.sort());
  });

  it("takes flags before the command as well", async () => {
    const after = await cli(words(`doctor --history-file ${SERIES} --target-cpu 50m --json`));
    expect(after.code).toBe(0);
    for (const line of [
      `--json doctor --history-file ${SERIES} --target-cpu 50m`,
      `--history-file ${SERIES} --target-cpu=50m --json doctor`,
      `-n default --json --target-cpu 50m doctor --history-file ${SERIES}`,
    ]) {
      expect(await cli(words(line))).toEqual(after);
    }
    // a value that is a command's word stays a value
    expect((await cli(words(`${RUN} --deployment replay`))).out).toContain("default/replay: ");
    expect((await cli(["-h", "replay"])).out).toBe((await cli(["replay", "-h"])).out);
  });

  it("shows in its help what each flag accepts", async () => {
    const { out } = await cli(["--help"]);
    const help = out.replace(/\s+/g, " ");
    expect(help).toContain("[1m to 1024]");
    for (const { flag, node } of COMMANDS[0]!.options) {
      // what stands between this flag and the next
      const [, mine = ""] = help.split(` --${flag} `);
      if (node.kind === "quantity") expect(mine.split(" --")[0], flag).toMatch(/\[\S+ to \S+\]/);
    }
  });
});

describe("completion", () => {
  const program = `prophet-autoscaler() { "${process.execPath}" job/main.ts "$@"; }`;
  const shell = (...[name, ...args]: string[]) => {
    const { stdout, stderr } = spawnSync(name!, args, {
      encoding: "utf8",
      env: { PATH: process.env.PATH, SHELL: "/bin/zsh" },
    });
    expect(stderr).toBe("");
    return stdout.split("\n").filter((word) => word !== "");
  };
  const source = `${program}; source <(prophet-autoscaler completion)`;
  const quoted = (line: readonly string[]) => line.map((word) => `'${word}'`).join(" ");

  it("completes commands and their flags in bash", () => {
    const bash = (...line: string[]) =>
      shell(
        "bash",
        "--norc",
        "-c",
        `${source}; COMP_WORDS=(${quoted(line)}); COMP_CWORD=${line.length - 1}; _prophet_autoscaler; printf '%s\\n' "\${COMPREPLY[@]}"`,
      );
    expect(bash("prophet-autoscaler", "re")).toEqual(["replay"]);
    expect(bash("prophet-autoscaler", "replay", "--hpa")).toEqual(["--hpa-target"]);
    expect(bash("prophet-autoscaler", "doctor", "--kube")).toEqual(["--kubeconfig", "--kubernetes-timeout"]);
    expect(shell("bash", "--norc", "-c", `${source}; complete -p`).join()).toContain("_prophet_autoscaler");
  });

  const missing = spawnSync("zsh", ["-c", ""]).status === 0 ? undefined : "zsh is missing: test/cluster/setup.sh apt";
  it.skipIf(skip(missing))("completes them in zsh, with what each is", () => {
    // _describe shows its words; here it prints them
    const zsh = (...line: string[]) =>
      shell(
        "zsh",
        "-f",
        "-c",
        `autoload -U compinit; compinit -u -D; ${source}; _describe() { print -rl -- "\${(@P)2}"; }; words=(${quoted(line)}); CURRENT=${line.length}; _prophet_autoscaler`,
      );
    expect(zsh("prophet-autoscaler", "re")).toContainEqual(expect.stringMatching(/^replay:Replay a recorded series/));
    expect(zsh("prophet-autoscaler", "doctor", "--kube")).toContainEqual(expect.stringMatching(/^--kubeconfig:/));
  });
});

describe("wrong usage", () => {
  it.each<[string, RegExp]>([
    ["doctr", /doctr is not known\. Did you mean doctor\? See --help\./],
    ["--min", /^prophet-autoscaler: --min needs a value\. See --help\.$/],
    ["-x", /-x is not known\. See --help\./],
    ["backtest", /backtest needs a FILE\. See backtest --help\./],
    ["replay a b", /b is not known\. See replay --help\./],
    [
      "replay --dry-run",
      /--dry-run is not known\. It belongs to the run, which needs no command\. See replay --help\./,
    ],
    ["--no-follow-surge", /--no-follow-surge is not known\. Write --follow-surge=false\./],
    ["schema --json", /--json is not known\. It belongs to the run/],
    [
      `${RUN} --min 2 --min 3`,
      /^prophet-autoscaler: --min appears twice, with "2" and "3"\. Give it once\. See --help\.$/,
    ],
    ["doctor -n a --namespace b", /--namespace appears twice, with "a" and "b"\. Give it once\. See doctor --help\./],
    ["explain --at yesterday --prometheus http://127.0.0.1:9 --deployment web", /--at: must be a time such as 14:05/],
    ["--every 50s --for 50s", /--every: 50s is not shorter than --for, which is 50s\./],
    ["--for 50s", /--every and --for need each other/],
    ["--once --every 15s --for 50s", /--once makes one decision/],
    ["--config= --deployment web --target-cpu 1", /--config: needs the name of a file\./],
    [
      "--config nofile.yaml",
      /1 thing to correct\n {2}--config: "nofile\.yaml" cannot be read: there is no such file\.\n$/,
    ],
    [`--config ${folder}`, /1 thing to correct\n.*cannot be read: it is a folder, not a file\.\n$/],
    [
      `${RUN} --target-cpu=400 --max 3`.replace("--target-cpu 50m ", ""),
      /--target-cpu: 400 means 400 cores for each pod\. If you mean milli-cores, write 400m\./,
    ],
    [`${RUN} --pod-cpu-limit 40m`, /--target-cpu: 50m is above podCpuLimit, which is 40m\./],
    [`${RUN} --min 20`, /--min: 20 is above maxReplicas, which is 10\./],
    [`replay ${SERIES} --min 9 --max 3`, /--min: 9 is above --max, which is 3\./],
    [
      `backtest ${SERIES} --methods bogus`,
      /--methods: must be some of auto, prophet, original, naive, with commas between them, got "bogus"\./,
    ],
    [`${RUN} --svg x.jpg`, /--svg: must be a name that ends in \.svg or \.png, got "x\.jpg"\./],
    [`${RUN} --replicas -1`, /--replicas: must be a whole number of pods, from 0 to 100000, got "-1"\./],
    [
      "--prometheus http://u:hunter22@h --deployment w --target-cpu 1",
      /--prometheus: must be .* without user or password.*http:\/\/\[hidden\]@h/,
    ],
  ])("%s: exit code 2 and what to do", async (line, pattern) => {
    const { code, out, err } = await cli(words(line));
    expect(err.trimEnd().split("\n").length === 1 ? err.trimEnd() : err).toMatch(pattern);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).not.toContain("hunter22");
  });

  it.each<[string, RegExp]>([
    ["--history-file nofile.csv --target-cpu 1", /read nofile\.csv: there is no such file; nothing was changed/],
    [`backtest ${folder}`, /it is a folder, not a file/],
    [
      `--history-file ${join(folder, "foreign.json")} --target-cpu 1`,
      /this JSON is of another form; wanted is the answer of query_range.*; it begins \{"foo":1\}/,
    ],
    ["backtest nofile.csv", /there is no such file/],
  ])("%s: could not be done, in plain words", async (line, pattern) => {
    const { code, err } = await cli(words(line));
    expect(err).toMatch(pattern);
    expect(err).not.toMatch(/ENOENT|EISDIR|undefined/);
    expect(code).toBe(1);
  });

  it("is never an accident, whatever the words", async () => {
    const flags = COMMANDS.flatMap(({ options }) => options.map(({ flag }) => `--${flag}`)).filter(
      // these would reach out, or take long
      (flag) =>
        !/^--(prometheus|kubeconfig|context|from-prometheus|origins|window|long-history|every|for|history|calibration)$/.test(
          flag,
        ),
    );
    const word = fc.oneof(
      fc.constantFrom(...flags, ...COMMANDS.map(({ name }) => name), "-n", "-h", "-nx", "--", "-"),
      fc.constantFrom(
        "1",
        "50m",
        "0",
        "-3",
        "true",
        "Active",
        "web",
        SERIES,
        folder,
        "",
        "=",
        "__proto__",
        "\u001b[2J",
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (argv) => {
        const { code, err } = await cli([...argv, "--replicas", "1"]);
        expect([0, 1, 2]).toContain(code);
        expect(err).not.toMatch(/TypeError|ReferenceError|RangeError|is not a function|undefined/);
      }),
      { numRuns: 150 },
    );
  });
});
