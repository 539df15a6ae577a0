/** The redactor: every form of a secret, however it was cut, and credentials by their shape; ordinary words stay. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor, HIDDEN } from "../../job/output/redactor.ts";

const secret = fc.string({ minLength: 4, maxLength: 40, unit: "grapheme" });
/** Letters that no mark and no word around a secret spells. */
const rare = fc.string({ minLength: 12, maxLength: 40, unit: fc.constantFrom(..."QXZqxz0123456789+/=&<>\"' %ü") });
const clean = rare.filter((s) => s.trim() === s);

describe("the redactor", () => {
  it("hides a known secret in any text around it", () => {
    fc.assert(
      fc.property(fc.string(), secret, fc.string(), (before, s, after) => {
        const text = createRedactor(s)(`${before}${s}${after}`);
        // what the words around it and the mark spell by chance is not the secret
        fc.pre(!HIDDEN.includes(s) && !`${before}${HIDDEN}${after}`.includes(s));
        expect(text).not.toContain(s);
      }),
    );
  });

  it.each<[string, (s: string) => string]>([
    ["base64", (s) => Buffer.from(s).toString("base64")],
    ["base64url", (s) => Buffer.from(s).toString("base64url")],
    ["a URL", encodeURIComponent],
    ["a form", (s) => new URLSearchParams({ s }).toString().slice(2)],
    ["JSON", (s) => JSON.stringify({ s })],
    ["XML", (s) => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")],
  ])("hides it as %s", (_name, encode) => {
    fc.assert(
      fc.property(clean, (s) => {
        const form = encode(s);
        const text = createRedactor(s)(`the server said "${form}" today`);
        expect(text).toContain(HIDDEN);
        expect(text).not.toContain(form.replace(/^\{"s":"|"\}$/g, ""));
      }),
    );
  });

  it("hides the middle of it in base64, whatever stands before and after", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), clean, fc.string({ maxLength: 8 }), (before, s, after) => {
        const whole = Buffer.from(before + s + after).toString("base64");
        const shown = createRedactor(s)(whole).split(HIDDEN);
        // what is left cannot be read back to more than a few characters of it
        for (const part of shown) {
          for (const shift of [0, 1, 2, 3]) {
            const read = Buffer.from(part.slice(shift), "base64").toString();
            for (let i = 0; i + 5 <= s.length; i++) fc.pre(!before.includes(s.slice(i, i + 5)));
            expect([...Array(Math.max(0, s.length - 4)).keys()].some((i) => read.includes(s.slice(i, i + 5)))).toBe(
              false,
            );
          }
        }
      }),
    );
  });

  it("hides what is left of it where a text was cut, before the dots and after them", () => {
    fc.assert(
      fc.property(clean, fc.integer({ min: 4, max: 11 }), fc.constantFrom("...", "…", '"...'), (s, k, dots) => {
        const redact = createRedactor(s);
        const [head, tail] = [s.slice(0, k), s.slice(-k)];
        fc.pre([head, tail].every((part) => part.trim() === part && !/^["'\\]|["'\\]$/.test(part)));
        expect(redact(`got: ${head}${dots}`)).not.toContain(head);
        expect(redact(`got: ...${tail} is no JSON`)).not.toContain(tail);
      }),
    );
  });

  it("hides each line of a key, and learns later ones", () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${"MIIEvQIBADANBgkqhkiG9w0B\n".repeat(2)}Zm9vYmFyYmF6cXV4MTIzNDU2\n-----END PRIVATE KEY-----\n`;
    const redact = createRedactor();
    expect(redact("line Zm9vYmFyYmF6cXV4MTIzNDU2")).toContain("Zm9v");
    redact.learn(undefined, "", "abc", key);
    expect(redact("line Zm9vYmFyYmF6cXV4MTIzNDU2 abc")).toBe(`line ${HIDDEN} abc`);
    expect(redact(JSON.stringify(key))).not.toContain("MIIE");
  });

  it.each([
    ["http://admin:hunter22@prometheus/api", "hunter22", "prometheus/api"],
    ["Authorization: Bearer abcdefgh", "abcdefgh", "Bearer"],
    ['{"authorization":"Basic dXNlcjpwYXNz"}', "dXNlcjpwYXNz", "authorization"],
    ["bad token Bearer abc.def-ghi", "abc.def-ghi", "bad token"],
    ["Basic dXNlcjpwYXNz was refused", "dXNlcjpwYXNz", "was refused"],
    ["eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJj.c2ln", "eyJzdWIiOiJj", HIDDEN],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "MIIE", HIDDEN],
    ["GET /x?access_token=s3cr3t&step=15", "s3cr3t", "step=15"],
  ])("hides a credential by its form: %s", (text, credential, kept) => {
    const shown = createRedactor()(text);
    expect(shown).not.toContain(credential);
    expect(shown).toContain(kept);
  });

  it.each([
    "Basic authentication. Bearer token; prefer bearerTokenFile.",
    "POST http://prometheus:9090/api/v1/query_range: 401 Unauthorized",
    "the secret is in a file; the password, too",
    "2 -> 5 replicas, ForecastQuantile: 0.386 cores...",
  ])("leaves ordinary words alone: %s", (text) => {
    expect(createRedactor("s3cr3t-canary")(text)).toBe(text);
  });
});
