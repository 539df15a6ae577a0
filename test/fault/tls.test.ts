/** TLS towards Prometheus: checked against the named authority, with our own certificate where asked, and never switched off by accident. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import type { PrometheusSettings } from "../../job/config/types.ts";
import { type FakeServer, fakeServer } from "./server.ts";
import { hasty, prometheusSettings } from "./settings.ts";

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: "ignore" });
}

function haveOpenssl(): boolean {
  try {
    openssl("version");
    return true;
  } catch {
    console.warn("skipped: openssl is missing: apt-get install openssl");
    return false;
  }
}

const dir = mkdtempSync(join(tmpdir(), "tls-"));
afterAll(() => rmSync(dir, { recursive: true }));
const at = (name: string): string => join(dir, name);

/** An authority, and a server's and a client's certificate signed by it. */
function certificates(): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", at("ca.key"), "-out", at("ca.crt"), "-days", "2", "-subj", "/CN=test ca");
  for (const name of ["server", "client"]) {
    openssl("req", ...key, "-keyout", at(`${name}.key`), "-out", at(`${name}.csr`), "-subj", `/CN=${name}`);
    writeFileSync(at("ext"), "subjectAltName=IP:127.0.0.1\n");
    const sign = ["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", at("ext")];
    openssl("x509", "-req", "-in", at(`${name}.csr`), "-out", at(`${name}.crt`), ...sign);
  }
}

const checked = { insecureSkipVerify: false };

describe.skipIf(!haveOpenssl())("TLS", () => {
  certificates();
  const read = (name: string) => readFileSync(at(name), "utf8");
  const vector = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[7,"1"]}]}}';
  const servers: FakeServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  async function now(tls: PrometheusSettings["tls"], requestCert = false): Promise<number> {
    const server = await fakeServer(() => ({ body: vector }), {
      cert: read("server.crt"),
      key: read("server.key"),
      ca: read("ca.crt"),
      requestCert,
    });
    servers.push(server);
    const history = prometheusHistory(prometheusSettings(server.url, tls ? { tls } : {}), { timing: hasty() });
    try {
      return await history.now();
    } finally {
      history.close();
    }
  }

  test("an authority of our own is trusted when it is named", async () => {
    expect(await now({ ...checked, caFile: at("ca.crt") })).toBe(7);
  });
  test("an unknown certificate is refused, at once and by name", async () => {
    await expect(now(undefined)).rejects.toThrow(/certificate|UNABLE_TO_VERIFY/);
    await expect(now(undefined)).rejects.not.toThrow(/attempts/);
  });
  test("NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment does not switch the check off", async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      await expect(now(undefined)).rejects.toThrow(/certificate|UNABLE_TO_VERIFY/);
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });
  test("only the explicit setting does", async () => {
    expect(await now({ insecureSkipVerify: true })).toBe(7);
  });
  test("a server that wants a certificate gets ours", async () => {
    const ours = { ...checked, caFile: at("ca.crt"), certFile: at("client.crt"), keyFile: at("client.key") };
    expect(await now(ours, true)).toBe(7);
    await expect(now({ ...checked, caFile: at("ca.crt") }, true)).rejects.toThrow();
  });
  test("a file that is not there is named", async () => {
    await expect(now({ ...checked, caFile: at("gone.crt") })).rejects.toThrow(/gone\.crt/);
  });
});
