/** The redactor: removes every known secret in every form, and whatever looks like a credential, from texts. */

/** Removes secrets from a text. Secrets learned later count from then on. */
export interface Redactor {
  (text: string): string;
  /** Adds secrets; empty and very short ones are ignored. A text of several lines (a key file) is also learned line by line. */
  learn(...secrets: readonly (string | undefined)[]): void;
}

/** The text that replaces a secret. */
export const HIDDEN = "[hidden]";
/** Shorter values would hide ordinary words, and hiding saves no password of 3 letters. */
const MIN_SECRET_LENGTH = 4;
/** Shorter lines of a key file are its frame. */
const MIN_KEY_LINE_LENGTH = 16;

/** A redactor that knows these secrets. */
export function createRedactor(...secrets: readonly (string | undefined)[]): Redactor {
  const forms = new Set<string>();
  let longestFirst: readonly string[] = [];
  const learn: Redactor["learn"] = (...more) => {
    const before = forms.size;
    for (const secret of more) for (const form of formsOf(secret ?? "")) forms.add(form);
    if (forms.size > before) longestFirst = [...forms].sort((a, b) => b.length - a.length);
  };
  learn(...secrets);
  const redact = (text: string) => {
    const known = longestFirst.reduce((sum, form) => sum.replaceAll(form, HIDDEN), text);
    return hideShapes(hideCut(known, longestFirst));
  };
  return Object.assign(redact, { learn });
}

/** The forms in which a secret may appear: itself, its lines, and each of these in base64, in a URL, in JSON and in XML. */
function formsOf(secret: string): readonly string[] {
  const whole = secret.trim();
  const parts = whole.split(/\r?\n/).filter((line) => line.length >= MIN_KEY_LINE_LENGTH && !line.startsWith("-----"));
  const plain = new Set([secret, whole, ...(whole.includes("\n") ? parts : [])]);
  return [...plain].filter((text) => text.length >= MIN_SECRET_LENGTH).flatMap((text) => [text, ...encodings(text)]);
}

function encodings(text: string): readonly string[] {
  const uri = encodeURIComponent(text.toWellFormed());
  return [
    ...base64(text),
    uri,
    // forms escape more than URLs
    new URLSearchParams([["", text]]).toString().slice(1),
    uri.replace(/%../g, (code) => code.toLowerCase()),
    JSON.stringify(text).slice(1, -1),
    text.replace(/[&<>"']/g, (c) => `&${XML[c]};`),
    text.replace(/[&<>]/g, (c) => `&${XML[c]};`),
  ].filter((form) => form.length >= MIN_SECRET_LENGTH);
}

const XML: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#39" };

/**
 * The base64 of a text whatever stands before and after it, as in `user:password`. There are three, by its place in a group of three bytes.
 * The first is with its padding, where the text stands alone.
 */
function base64(text: string): readonly string[] {
  const alone = Buffer.from(text);
  const inside = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), alone])
      .toString("base64")
      .replace(/=+$/, "");
    // 8 bits of the neighbours reach into the first 2 (or 3) characters, and into the last where the group is not full
    const partial = (before + alone.length) % 3 === 0 ? 0 : 1;
    return encoded.slice(before === 0 ? 0 : before + 1, encoded.length - partial);
  });
  const standard = [alone.toString("base64"), ...inside.filter((form) => form.length >= 2 * MIN_SECRET_LENGTH)];
  return [...standard, ...standard.map((form) => form.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""))];
}

/** Hides the start of a secret before dots and the end of one after them: a text that was cut. */
function hideCut(text: string, forms: readonly string[]): string {
  if (forms.length === 0 || !/\.\.\.|\u2026/.test(text)) return text;
  const parts = text.split(/(["'\\]*(?:\.\.\.|\u2026)["'\\]*)/);
  for (let i = 0; i < parts.length; i += 2) {
    if (i + 1 < parts.length) parts[i] = hideEnd(parts[i]!, forms);
    if (i > 0) parts[i] = hideBeginning(parts[i]!, forms);
  }
  return parts.join("");
}

function hideEnd(text: string, forms: readonly string[]): string {
  const size = longest(forms, text, (form, k) => text.endsWith(form.slice(0, k)));
  return size === 0 ? text : text.slice(0, text.length - size) + HIDDEN;
}

function hideBeginning(text: string, forms: readonly string[]): string {
  const size = longest(forms, text, (form, k) => text.startsWith(form.slice(form.length - k)));
  return size === 0 ? text : HIDDEN + text.slice(size);
}

/** The longest part of any form that is there; 0 when none is. */
function longest(forms: readonly string[], text: string, there: (form: string, k: number) => boolean): number {
  let most = 0;
  for (const form of forms) {
    for (let k = Math.min(form.length - 1, text.length); k >= Math.max(MIN_SECRET_LENGTH, most + 1); k--) {
      if (there(form, k)) most = k;
    }
  }
  return most;
}

/** Removes what looks like a credential, also where nobody named it as a secret. */
export function hideShapes(text: string): string {
  const lower = text.toLowerCase();
  return SHAPES.reduce((sum, [hint, hide]) => (lower.includes(hint) ? hide(sum) : sum), text);
}

/** A text whose lower case lacks the hint has no such credential: hardly any has one. */
type Shape = readonly [hint: string, hide: (text: string) => string];

const SHAPES: readonly Shape[] = [
  // user and password in a URL, where people leave slashes as they are
  ["@", (text) => text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*@/gi, `$1${HIDDEN}@`)],
  // the value of an Authorization header, with or without its scheme
  [
    "authorization",
    (text) =>
      text.replace(
        /(\b(?:proxy-)?authorization\b["'\\]*\s*[:=]\s*["'\\]*)((?:bearer|basic|digest|negotiate|aws4-hmac-sha256)\s+)?[^\s"',;\\]+/gi,
        `$1$2${HIDDEN}`,
      ),
  ],
  [
    "bearer ",
    (text) =>
      text.replace(/\b(Bearer\s+)([^\s"',;\\]{8,})/gi, (all, scheme, token) =>
        /[^a-z]/i.test(token) ? scheme + HIDDEN : all,
      ),
  ],
  [
    "basic ",
    (text) =>
      text.replace(/\b(Basic\s+)([A-Za-z0-9+/_-]{6,}={0,2})/gi, (all, scheme, pair) =>
        isPair(pair) ? scheme + HIDDEN : all,
      ),
  ],
  // JSON web tokens
  ["eyj", (text) => text.replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, HIDDEN)],
  [
    "private key-----",
    (text) => text.replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN),
  ],
  // parameters of a URL that are credentials by their name
  [
    "=",
    (text) =>
      text.replace(
        /([?&;](?:[\w.-]*(?:token|password|passwd|secret|signature|api[-_]?key))=)[^\s&"'<>\\]+/gi,
        `$1${HIDDEN}`,
      ),
  ],
];

function isPair(base64: string): boolean {
  return Buffer.from(base64, "base64").toString("latin1").includes(":");
}
