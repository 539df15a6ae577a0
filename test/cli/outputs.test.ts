/** Files that a command writes beside its answer: refused before the work, told after it, never an exit code. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "../../job/cli/program.ts";
import { QUIET } from "../fakes/io.ts";
import { FULL_DISK, hasFullDisk } from "../linux.ts";

const folder = mkdtempSync(join(tmpdir(), "outputs-"));
afterAll(() => rmSync(folder, { recursive: true }));
const WAVE = join(folder, "wave.csv");
const rows = Array.from(
  { length: 300 },
  (_, i) => `${1_700_000_000 + 15 * i},${(0.3 + 0.2 * Math.sin(i / 3)).toFixed(4)}`,
);
writeFileSync(WAVE, `timestamp,value\n${rows.join("\n")}\n`);
for (const end of [".svg", ".html", ".csv"]) mkdirSync(join(folder, `folder${end}`));

async function cli(args: readonly string[]) {
  let out = "";
  let err = "";
  const io = {
    argv: args,
    env: {},
    version: "1",
    ...QUIET,
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  return { code: await runCli(io), out, err };
}

const RUN = ["--once", "--history-file", WAVE, "--target-cpu", "0.05", "--max", "10", "--dry-run", "--json"];
const REPLAY = ["replay", WAVE, "--warmup", "3000", "--policies", "hpa", "--max", "10", "--json"];
const ARGUMENTS = ["backtest", WAVE, "--window", "20", "--origins", "3", "--methods", "naive", "--json"];
const ADVISE = ["advise", WAVE, "--warmup", "3000", "--every", "600", "--json"];
/** Every flag that names a file to write, with its command and a name that it takes. */
const FLAGS: readonly (readonly [string, readonly string[], string])[] = [
  ["--svg", RUN, "picture.svg"],
  ["--report", RUN, "page.html"],
  ["--dump", REPLAY, "rows.csv"],
  ["--report", REPLAY, "page.html"],
  ["--dump", ARGUMENTS, "rows.csv"],
  ["--report", ADVISE, "page.html"],
];

describe.each(FLAGS)("%s of %j", (flag, command, name) => {
  const unwritable = [join(WAVE, name), join(folder, `folder${extname(name)}`), join("/proc/nowhere", name)];

  if (command === RUN) {
    it("only tells of what cannot be written: the run is more than its files", async () => {
      const without = await cli(command);
      for (const path of unwritable) {
        const { code, out, err } = await cli([...command, flag, path]);
        expect([code, out]).toEqual([without.code, without.out]);
        expect(code).toBe(0);
        expect(err).toContain(`${flag}: "${path}" cannot be written`);
      }
    });
  } else {
    it("refuses what cannot be written before it reads anything", async () => {
      // the series is not there: a command that had begun its work would say so
      const gone = command.map((word) => (word === WAVE ? join(folder, "gone.csv") : word));
      for (const path of unwritable) {
        const { code, out, err } = await cli([...gone, flag, path]);
        expect([code, out]).toEqual([2, ""]);
        expect(err).toContain(`${flag}: "${path}" cannot be written`);
      }
    });
  }

  it("refuses to write over the series that it reads", async () => {
    const link = join(folder, `series.${name.split(".")[1]}`);
    rmSync(link, { force: true });
    symlinkSync(WAVE, link);
    const read = command.map((word) => (word === WAVE ? link : word));
    const { code, err } = await cli([...read, flag, link]);
    expect(code).toBe(2);
    expect(err).toContain("name another file");
    expect(readFileSync(WAVE, "utf8")).toContain("timestamp,value");
  });

  it("leaves nothing behind of a file that it only tried", async () => {
    const path = join(folder, "tried", name);
    const gone = command.map((word) => (word === WAVE ? join(folder, "gone.csv") : word));
    expect((await cli([...gone, flag, path])).code).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it.skipIf(!hasFullDisk())(
    "tells of a disk that is full after the work, with the answer and the exit code as without it",
    async () => {
      const path = join(folder, `full-${name}`);
      rmSync(path, { force: true });
      symlinkSync(FULL_DISK, path);
      const without = await cli(command);
      const full = await cli([...command, flag, path]);
      expect([full.code, full.out]).toEqual([without.code, without.out]);
      expect(full.code).toBe(0);
      expect(full.err).toMatch(/full-.* could not be written: the disk is full/);
    },
  );
});

describe("a page's name", () => {
  it.each(["x.txt", "x", "x.html.gz", ".html"])("refuses %s", async (name) => {
    for (const command of [RUN, REPLAY, ADVISE]) {
      const { code, err } = await cli([...command, "--report", join(folder, name)]);
      expect(code).toBe(2);
      expect(err).toContain("--report: must be a name that ends in .html or .htm");
      expect(existsSync(join(folder, name))).toBe(false);
    }
  });
});

describe("a picture's name", () => {
  it.each(["x.jpg", "x", "x.svg.gz"])("refuses %s", async (name) => {
    const { code, err } = await cli([...RUN, "--svg", join(folder, name)]);
    expect(code).toBe(2);
    expect(err).toContain("must be a name that ends in .svg or .png");
    expect(existsSync(join(folder, name))).toBe(false);
  });

  it("cannot be the name of another output", async () => {
    const path = join(folder, "both.html");
    expect(await cli([...REPLAY, "--dump", path, "--report", path])).toMatchObject({ code: 2 });
  });
});
