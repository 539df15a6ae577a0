/** Makes texts safe for terminals and logs: control characters and those that change the direction of writing become visible escapes. */

/**
 * Unicode's controls (ESC and C1 among them), formats, separators of lines and paragraphs, and halves of pairs. Formats are bidirectional and
 * invisible characters ("Trojan Source", CVE-2021-42574).
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** The same without line feeds: our own texts have several lines. */
const UNSAFE_BUT_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Most texts have only these characters, and Unicode's tables take a millisecond to load. */
const PLAIN = /^[ -~]*$/;
const PLAIN_LINES = /^[ -~\n]*$/;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The escape that JSON uses, so that a JSON text keeps its meaning. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return SHORT[character] ?? units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** A text of a server, a file or a setting as one line, safe inside a message. */
export function oneLine(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, escaped);
}

/** A text of our own with its line feeds; every other unsafe character becomes visible. */
export function lines(text: string): string {
  return PLAIN_LINES.test(text) ? text : text.replace(UNSAFE_BUT_LINES, escaped);
}

/** Whether a text of several lines may be shown as it is; tabs do no harm. */
export function isPrintable(text: string): boolean {
  const plain = text.replaceAll("\t", " ");
  return lines(plain) === plain;
}

/** Where a text was cut. */
const DOTS = "...";

/** The first `length` characters on one line. A text that was cut ends in the dots that the redactor looks for. */
export function cut(text: string, length: number): string {
  const line = oneLine(text);
  return line.length > length ? `${line.slice(0, length - DOTS.length)}${DOTS}` : line;
}
