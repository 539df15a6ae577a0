/** Files that settings, environment and kubeconfig name, and that cannot be read: each is named in plain words, and no code of the system is. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cli } from "../fakes/cli.ts";
import { placesIn } from "../output/places.ts";

const folder = mkdtempSync(join(tmpdir(), "named-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const large = join(folder, "large");
writeFileSync(large, "");
truncateSync(large, 5 * 1024 * 1024);

/** Where a file may be named under `prometheus`, and what must stand beside it. `metrics` and `longHistory` read theirs by the same code. */
const PLACES: Readonly<Record<string, (file: string) => object>> = {
  bearerTokenFile: (file) => ({ bearerTokenFile: file }),
  passwordFile: (file) => ({ basic: { username: "u", passwordFile: file } }),
  secretKeyFile: (file) => ({ sigv4: { region: "eu-1", accessKey: "A", secretKeyFile: file } }),
  credentialsFile: (file) => ({ googleIam: { credentialsFile: file } }),
  file: (file) => ({ headersFrom: { "X-A": { file } } }),
  caFile: (file) => ({ tls: { caFile: file } }),
  certFile: (file) => ({ tls: { certFile: file, keyFile: file } }),
  keyFile: (file) => ({ tls: { certFile: file, keyFile: file } }),
};
const WRONG = [
  [join(folder, "nothere"), "there is no such file"],
  [folder, "it is a folder, not a file"],
  [join(folder, "kc", "nothere"), "a part of its path is a file, not a folder"],
  [large, "it is larger than 4 MiB"],
  // it never ends
  ["/dev/zero", "it is larger than 4 MiB"],
] as const;

function written(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}
written("kc", {});

async function said(line: string, env: Record<string, string> = {}): Promise<string> {
  const { code, out, err } = await cli(line, env);
  expect(code).toBe(1);
  expect(out + err).not.toMatch(/\bE(NOENT|ISDIR|NOTDIR|ACCES)\b/);
  return out + err;
}

test("every file that the settings of a server name is tried below", () => {
  const names = placesIn().flatMap(({ path, node }) => {
    const name = String(path.at(-1));
    return path[0] === "prometheus" && node.kind !== "group" && /^file$|File$/.test(name) ? [name] : [];
  });
  expect(Object.keys(PLACES).sort()).toEqual([...new Set(names)].sort());
});

describe.each(WRONG)("%s", (file, words) => {
  test.each(Object.keys(PLACES))("as prometheus' %s", async (place) => {
    const url = /^(ca|cert|key)File$/.test(place) ? "https://127.0.0.1:9" : "http://127.0.0.1:9";
    const targets = [{ scaleTargetRef: { name: "web" }, targetCpu: 1 }];
    const config = written("config.json", { prometheus: { url, retries: 0, ...PLACES[place]!(file) }, targets });
    expect(await said(`--config ${config} --replicas 2`)).toContain(`${file}: ${words}`);
  });

  test("as the settings and as a recording", async () => {
    const { code, err } = await cli(`--config ${file} --replicas 2`);
    expect([code, err]).toEqual([2, expect.stringContaining(`--config: "${file}" cannot be read: ${words}.`)]);
    // a recording may be longer than settings, and a folder of recordings is one
    if (file === folder || file === large) return;
    const more = words.replace("4 MiB", "256 MiB");
    expect(await said(`--history-file ${file} --replicas 2 --target-cpu 1`)).toContain(`read ${file}: ${more}`);
  });

  test("as a kubeconfig, by flag or environment", async () => {
    const line = "--prometheus http://127.0.0.1:9 --deployment web --target-cpu 1";
    expect(await said(`${line} --kubeconfig ${file}`)).toContain(`find the API server: ${file}: ${words}`);
    expect(await said(line, { KUBECONFIG: file })).toContain(`find the API server: ${file}: ${words}`);
  });

  test("as a certificate of the kubeconfig", async () => {
    const kubeconfig = written("certificates", {
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
      clusters: [{ name: "k", cluster: { server: "https://127.0.0.1:9", "certificate-authority": file } }],
      users: [{ name: "u", user: {} }],
    });
    const text = await said("--prometheus http://127.0.0.1:9 --deployment web --target-cpu 1", {
      KUBECONFIG: kubeconfig,
    });
    expect(text).toContain(`credentials: ${file}: ${words}`);
  });
});

test("a recording that cannot be read is told alike by every command, without a class of the code", async () => {
  const file = join(folder, "nothere");
  for (const command of ["--once --dry-run", "explain", "history", "replay", "backtest", "advise", "doctor"]) {
    const trial = /^(replay|backtest|advise)$/.test(command) ? file : `--history-file ${file} --replicas 2`;
    const text = await said(`${command} ${trial}${command === "backtest" ? "" : " --target-cpu 1"}`);
    expect(text, command).toContain(`read ${file}: there is no such file`);
    expect(text, command).not.toMatch(/\b[A-Z]\w*Error\b/);
  }
});

test.each(["bearerTokenFile", "passwordFile", "secretKeyFile", "file"])(
  "the secret itself in place of its file, as prometheus' %s, is not said",
  async (place) => {
    const secret = "c4n4ry-S3cret/77";
    const targets = [{ scaleTargetRef: { name: "web" }, targetCpu: 1 }];
    const prometheus = { url: "http://127.0.0.1:9", retries: 0, ...PLACES[place]!(secret) };
    const config = written("config.json", { prometheus, targets });
    for (const line of [`--config ${config} --replicas 2`, `doctor --config ${config} --replicas 2`]) {
      const text = await said(line);
      expect(text).toMatch(
        /\[hidden: no path, and maybe the secret itself\]: (there is no such file|a part of its path)/,
      );
      expect(text).not.toContain("c4n4ry");
    }
  },
);

test("several kubeconfigs are merged as kubectl does: what is not there or empty is left out, the first current context counts", async () => {
  const of = (name: string) =>
    written(name, {
      "current-context": name,
      contexts: [{ name, context: { cluster: name, user: name } }],
      clusters: [{ name, cluster: { server: `https://${name}.invalid` } }],
      users: [{ name, user: { "client-certificate": `/no/${name}` } }],
    });
  const line = "--prometheus http://127.0.0.1:9 --deployment web --target-cpu 1";
  const seen = async (...files: readonly string[]) =>
    /\/no\/(\w+): there is no such file/.exec(await said(line, { KUBECONFIG: files.join(":") }))?.[1];
  const [first, second, none] = [of("first"), of("second"), join(folder, "none")];
  const silent = written("silent", { contexts: [], clusters: [], users: [] });
  const [empty, ...blank] = ["", "\n", "# a comment\n\n  # and one more", "---\r\n", "null\n"].map((text, i) => {
    writeFileSync(join(folder, `empty${i}`), text);
    return join(folder, `empty${i}`);
  }) as [string, ...string[]];
  expect(await seen(first, second)).toBe("first");
  expect(await seen(none, second, first)).toBe("second");
  expect(await seen(silent, second, first)).toBe("second");
  expect(await seen(empty, none, ...blank, second, first)).toBe("second");
  expect(await seen(second, empty)).toBe("second");
  expect(await said(line, { KUBECONFIG: `${none}:${empty}:${blank.join(":")}` })).toContain(
    `find the API server: ${empty} is empty`,
  );
  // a shell's start file that adds one to the list adds it once more in each shell within
  expect(await seen(second, first, second)).toBe("second");
  expect(await said(line, { KUBECONFIG: `${none}:${none}2` })).toContain(`find the API server: ${none}: there is no`);
});
