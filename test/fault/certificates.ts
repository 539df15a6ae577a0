/** An authority of our own, with a server's and a client's certificate for 127.0.0.1. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: "ignore" });
}

function look(): boolean {
  try {
    openssl("version");
    return true;
  } catch {
    console.warn("skipped: openssl is missing: apt-get install openssl");
    return false;
  }
}

/** Whether they can be made; says so when not. */
export const haveOpenssl = look();

/** Makes ca, server and client (.crt and .key) in a folder; gives what a server needs. */
export function certificates(dir: string): { ca: string; cert: string; key: string; caFile: string } {
  const at = (name: string) => join(dir, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", at("ca.key"), "-out", at("ca.crt"), "-days", "2", "-subj", "/CN=test ca");
  for (const name of ["server", "client"]) {
    openssl("req", ...key, "-keyout", at(`${name}.key`), "-out", at(`${name}.csr`), "-subj", `/CN=${name}`);
    writeFileSync(at("ext"), "subjectAltName=IP:127.0.0.1\n");
    const sign = ["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", at("ext")];
    openssl("x509", "-req", "-in", at(`${name}.csr`), "-out", at(`${name}.crt`), ...sign);
  }
  const read = (name: string) => readFileSync(at(name), "utf8");
  return { ca: read("ca.crt"), cert: read("server.crt"), key: read("server.key"), caFile: at("ca.crt") };
}
