/** The code that V8 compiled in an earlier run: kept with what ran, used again, and never a reason to fail. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isTrustedFolder, loadProgram } from "../job/compiled.ts";

interface Program {
  readonly answer: () => number;
  readonly file: string;
  readonly path: string;
}

// V8 compiles the inner functions only when they run
const inner = Array.from({ length: 200 }, (_, i) => `function f${i}(a){let s=a;for(let i=0;i<${i};i++)s+=i;return s}`);
const sum = inner.map((_, i) => `f${i}(0)`).join("+");
const text = (more = "") =>
  `(function(exports,require,module,__filename){exports.answer=()=>{${inner.join(";")};return ${sum}};exports.file=__filename;exports.path=require("node:path").sep${more}})`;

describe("compiled code", () => {
  let folder: string;
  let program: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "compiled-"));
    program = join(folder, "program.cjs");
    writeFileSync(program, text());
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => join(folder, name);
  const user = process.getuid?.();
  const load = (cache: string | null, by = user) => loadProgram<Program>(program, cache, by);
  const expected = (200 * 199 * 198) / 6;

  test("is used in the next run, and then not written again", () => {
    const first = load(at("used"));
    expect(first).toMatchObject({ cache: "not initialized", program: { file: program, path: "/" } });
    expect(first.program.answer()).toBe(expected);
    first.keep();
    const before = readFileSync(at("used"));
    const second = load(at("used"));
    expect(second.cache).toBe("accepted");
    expect(second.program.answer()).toBe(expected);
    second.keep();
    expect(readFileSync(at("used")).equals(before)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith("used"))).toEqual(["used"]);
  });

  test("has the functions that ran, not only those that V8 compiles at load", () => {
    // a text of its own: within a process V8 shares what it compiled of equal ones
    const lazy = at("lazy.cjs");
    writeFileSync(lazy, text(";exports.lazy=1"));
    loadProgram<Program>(lazy, at("loaded"), user).keep();
    const ran = loadProgram<Program>(lazy, at("ran"), user);
    ran.program.answer();
    ran.keep();
    expect(statSync(at("ran")).size).toBeGreaterThan(3 * statSync(at("loaded")).size);
  });

  test.each<[string, (kept: Buffer) => Buffer]>([
    ["empty", () => Buffer.alloc(0)],
    ["cut", (kept) => kept.subarray(0, kept.length / 2)],
    ["of a flipped bit", (kept) => Buffer.from(kept.map((byte, i) => (i === kept.length >> 1 ? byte ^ 1 : byte)))],
    ["not code at all", () => Buffer.from("not code at all")],
  ])("that is %s is refused and written anew", (name, damage) => {
    const first = load(at(name));
    first.program.answer();
    first.keep();
    writeFileSync(at(name), damage(readFileSync(at(name))));
    const second = load(at(name));
    expect(second.cache).toBe("rejected");
    expect(second.program.answer()).toBe(expected);
    second.keep();
    expect(load(at(name)).cache).toBe("accepted");
  });

  test("of another user is not run, since the folder may be under /tmp", () => {
    load(at("foreign")).keep();
    expect(load(at("foreign")).cache).toBe("accepted");
    // root may give a file away; anybody else can only be somebody else
    const { uid } = statSync(at("foreign"));
    if (uid === 0) chownSync(at("foreign"), 65532, 65532);
    const someone = uid === 0 ? 1000 : uid + 1;
    expect(load(at("foreign"), someone).cache).toBe("not initialized");
    // root's, as in an image, is anybody's
    if (uid === 0) chownSync(at("foreign"), 0, 0);
    if (uid === 0) expect(load(at("foreign"), someone).cache).toBe("accepted");
  });

  test.each<[string, (file: string) => void]>([
    ["a pipe that nobody writes", (file) => void execFileSync("mkfifo", [file])],
    ["a folder", (file) => void mkdirSync(file)],
    ["a device without an end", (file) => symlinkSync("/dev/zero", file)],
  ])("that is %s is not read", (name, make) => {
    make(at(name));
    const found = load(at(name));
    expect(found.cache).toBe("not initialized");
    expect(found.program.answer()).toBe(expected);
  });

  test("is written by one run at a time, and what an ended one left is removed", () => {
    const unfinished = at("left.unfinished");
    writeFileSync(unfinished, "half of it");
    load(at("left")).keep();
    expect(readFileSync(unfinished, "utf8")).toBe("half of it");
    const longAgo = Date.now() / 1000 - 3600;
    utimesSync(unfinished, longAgo, longAgo);
    load(at("left")).keep();
    load(at("left")).keep();
    expect(readdirSync(folder).filter((name) => name.startsWith("left"))).toEqual(["left"]);
    expect(load(at("left")).cache).toBe("accepted");
  });

  test("of a program of another length is refused by V8", () => {
    const first = load(at("other"));
    first.keep();
    const other = at("other.cjs");
    writeFileSync(other, text(";exports.more=1"));
    const second = loadProgram<Program>(other, at("other"), user);
    expect(second.cache).toBe("rejected");
    expect(second.program.answer()).toBe(expected);
  });

  test("is not kept where nothing can be written, or nothing is to be", () => {
    const nowhere = load(join(program, "below-a-file"));
    expect(nowhere.cache).toBe("not initialized");
    nowhere.keep();
    mkdirSync(at("taken"));
    const taken = load(at("taken"));
    taken.keep();
    expect(statSync(at("taken")).isDirectory()).toBe(true);
    const before = readdirSync(folder);
    load(null).keep();
    expect(readdirSync(folder)).toEqual(before);
    expect(before.filter((name) => /^taken\./.test(name))).toEqual([]);
  });

  test("lies in a folder that nobody else can write, or that Node is yet to make", () => {
    const own = at("own");
    mkdirSync(own);
    const { uid } = statSync(own);
    const trusted = (folder: string, by = user) => isTrustedFolder(folder, by);
    expect([own, at("absent"), join(program, "below-a-file")].map((one) => trusted(one))).toEqual([true, true, false]);
    chmodSync(own, 0o777);
    expect(trusted(own)).toBe(false);
    // Windows knows neither
    expect(isTrustedFolder(own, undefined)).toBe(true);
    chmodSync(own, 0o755);
    if (uid === 0) chownSync(own, 65532, 65532);
    expect(trusted(own, uid === 0 ? 1000 : uid + 1)).toBe(false);
  });

  test("a program that fails to load says why", () => {
    const broken = at("broken.cjs");
    writeFileSync(broken, "(function(){throw new Error('broken at load')})");
    expect(() => loadProgram(broken, null, user)).toThrow("broken at load");
  });
});
