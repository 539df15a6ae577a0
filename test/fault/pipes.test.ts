/** Pipes and sockets in place of files: one that somebody writes is read, and one that nobody writes, or reads, ends with words and not never. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { cli, waveFile } from "../fakes/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "pipes-"));
afterAll(() => rmSync(folder, { recursive: true }));
const wave = waveFile(folder);
const written = (name: string, content: unknown) => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};
const pipe = (name: string) => {
  execFileSync("mkfifo", [join(folder, name)]);
  return join(folder, name);
};
const targets = [{ scaleTargetRef: { name: "web" }, targetCpu: 1 }];
const server = { url: "http://127.0.0.1:9", retries: 0 };
const settings = written("settings.json", { prometheus: server, targets });
const kubeconfig = (user: object) => ({
  "current-context": "c",
  contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
  clusters: [{ name: "k", cluster: { server: "https://127.0.0.1:9" } }],
  users: [{ name: "u", user }],
});

test("a pipe that nobody writes is told wherever a file is read, with what to do", { timeout: 60_000 }, async () => {
  const silent = pipe("silent");
  const token = written("token.json", { prometheus: { ...server, bearerTokenFile: silent }, targets });
  const keyed = written("keyed", kubeconfig({ "client-certificate": silent }));
  const trusted = written("trusted", kubeconfig({ "auth-provider": { name: "f", config: { tokenFile: silent } } }));
  const nothing = "it is a pipe, and nothing was written into it for 5 s: start its writer first";
  const twice = "it is a pipe, and is read more than once: name a file";
  // all at once, for each waits for the clock: who might write comes late
  const said = await Promise.all(
    Object.entries({
      [`--config ${silent} --replicas 2`]: `--config: "${silent}" cannot be read: ${nothing}`,
      [`--config ${token} --replicas 2`]: `${silent}: ${nothing}`,
      [`replay ${silent}`]: `read ${silent}: ${nothing}`,
      [`--config ${settings} -n a --kubeconfig ${silent}`]: `find the API server: ${silent}: ${nothing}`,
      [`--config ${settings} -n a --kubeconfig ${keyed}`]: `credentials: ${silent}: ${twice}`,
      [`--config ${settings} -n a --kubeconfig ${trusted}`]: `credentials: [hidden]: ${twice}`,
    }).map(async ([line, words]) => ({ words, ...(await cli(line)) })),
  );
  for (const { words, out, err } of said) expect(out + err).toContain(words);
});

test("a pipe is read to its end, however late and slowly it is written", { timeout: 60_000 }, async () => {
  const slow = pipe("slow");
  const writer = spawn("sh", ["-c", `sleep 0.2; { head -c 300 ${wave}; sleep 0.2; tail -c +301 ${wave}; } > ${slow}`]);
  const [read, plain] = await Promise.all([cli(`backtest ${slow} --json`), cli(`backtest ${wave} --json`)]);
  expect(read).toEqual({ ...plain, out: plain.out.replace(wave, slow) });
  expect(writer.exitCode).toBe(0);
});

test("what a shell's <(command) gives serves for the whole run: a kubeconfig and a token are read more than once", async () => {
  const [here, token] = [written("here", kubeconfig({})), written("token", "abcdefghijk")];
  const line = `--config ${settings} --kubeconfig <(cat ${here}) --prometheus-token-file <(cat ${token})`;
  const child = spawn("bash", ["-c", `"${process.execPath}" job/main.ts ${line}`], { env: { PATH: process.env.PATH } });
  const said = (await Promise.all([text(child.stdout), text(child.stderr)])).join("");
  expect(said).toContain("127.0.0.1:9");
  expect(said).not.toMatch(/\/dev\/fd|empty|pipe/);
}, 60_000);

test("a shell's pipe whose writer said nothing is empty, and is not waited for", async () => {
  const begin = performance.now();
  const child = spawn("bash", ["-c", `true | "${process.execPath}" job/main.ts backtest /dev/stdin`], {
    env: { PATH: process.env.PATH },
  });
  expect(await text(child.stderr)).toContain("read /dev/stdin: it is empty");
  expect(performance.now() - begin).toBeLessThan(5000);
});

test("a pipe for an answer: without a reader it is told, and a reader gets all of it", async () => {
  const rows = pipe("rows");
  const line = `replay ${wave} --policies hpa --warmup 3600 --dump`;
  expect(await cli(`${line} ${rows}`)).toMatchObject({
    code: 0,
    err: expect.stringContaining("a pipe that nobody reads"),
  });
  const plain = join(folder, "rows.csv");
  await cli(`${line} ${plain}`);
  const reader = spawn("cat", [rows]);
  const [got] = await Promise.all([text(reader.stdout), cli(`${line} ${rows}`)]);
  expect(got).toBe(execFileSync("cat", [plain], { encoding: "utf8" }));
}, 60_000);

test("a socket is named as one", async () => {
  const path = join(folder, "socket");
  const listening = createServer().listen(path);
  await new Promise((done) => listening.once("listening", done));
  for (const line of [`--config ${path}`, `replay ${path}`, `--config ${settings} -n a --kubeconfig ${path}`]) {
    const { out, err } = await cli(line);
    expect(out + err).toContain("it is a socket");
  }
  listening.close();
});
