/** The log: levels, forms, and canaries in every place where a secret could get in. */
import { describe, expect, it } from "vitest";
import { createRedactor } from "../../job/output/redactor.ts";
import { createLog, type LogOptions, withoutSecrets } from "../../job/report/log.ts";

function logged(options: Partial<LogOptions>, use: (log: ReturnType<typeof createLog>) => void): string[] {
  const lines: string[] = [];
  use(
    createLog({
      level: "info",
      format: "json",
      now: () => 1_700_000_000,
      write: (line) => lines.push(line),
      redact: createRedactor(),
      ...options,
    }),
  );
  return lines;
}

describe("createLog", () => {
  it("writes one JSON object a line, with time, level and message", () => {
    const [line] = logged({}, (log) => log("warn", "two\nlines", { n: 1, level: "mine" }));
    expect(line?.endsWith("\n")).toBe(true);
    expect(JSON.parse(line!)).toEqual({
      time: "2023-11-14T22:13:20.000Z",
      level: "warn",
      message: "two\nlines",
      n: 1,
      level_: "mine",
    });
  });

  it("leaves out what is less important than its level", () => {
    const lines = logged({ level: "warn", format: "text" }, (log) => {
      log("debug", "a");
      log("info", "b");
      log("warn", "c", { x: 1, y: "two words" });
      log("error", "d");
    });
    expect(lines).toEqual(['WARN  c x=1 y="two words"\n', "ERROR d\n"]);
  });

  it.each(["json", "text"] as const)("lets no canary through as %s, wherever it hides", (format) => {
    const canary = "canary-7f3a9c";
    const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl";
    const cause = new Error(`401 for Authorization: Bearer ${jwt}`);
    const lines = logged({ format, level: "debug", redact: createRedactor(canary) }, (log) => {
      log("error", `could not log in with ${canary}`, { url: `http://user:${canary}@host/x` });
      log("debug", "request", { headers: { Authorization: "Bearer abc.def-ghi", "X-Scope-OrgID": "tenant-1" } });
      log("info", "GET https://admin:hunter22@prometheus/api", { password: "hunter22", token: "hunter22" });
      log("warn", "failed", { error: new Error("outer", { cause }), list: [{ deep: [canary] }] });
      log("info", "basic", { line: "Authorization: Basic dXNlcjpwYXNz" });
    });
    const all = lines.join("");
    expect(lines).toHaveLength(5);
    for (const secret of [canary, jwt, "abc.def-ghi", "hunter22", "dXNlcjpwYXNz", "tenant-1"]) {
      expect(all).not.toContain(secret);
    }
    expect(all).toContain("prometheus/api");
  });
});

describe("clean", () => {
  it("ends on cycles and keeps plain values", () => {
    const loop: Record<string, unknown> = { a: 1, b: null, c: undefined, d: 2n };
    loop.self = loop;
    expect(JSON.stringify(withoutSecrets(loop, createRedactor()))).toContain('"a":1,"b":null,"d":"2"');
  });
});
