/** Makes a text harmless to a terminal and a log: control characters and those that turn the direction of writing become visible escapes. */

/** Unicode's controls (ESC and C1 among them), formats (bidirectional and invisible ones: "Trojan Source", CVE-2021-42574), separators of lines and paragraphs, halves of pairs. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** The same, but for line feeds: a text of our own has several lines. */
const UNSAFE_BUT_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Most texts hold nothing else, and the tables of Unicode take a millisecond to load. */
const PLAIN = /^[ -~]*$/;
const PLAIN_LINES = /^[ -~\n]*$/;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** As JSON writes it, so that a JSON text still says the same. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return SHORT[character] ?? units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** One line: what a server, a file or a person's setting said, as it may stand inside a message. */
export function oneLine(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, escaped);
}

/** Several lines of our own; everything but the line feeds is made visible. */
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

/** The first `length` characters on one line. What was cut says so, by the dots that the redactor looks for. */
export function cut(text: string, length: number): string {
  const line = oneLine(text);
  return line.length > length ? `${line.slice(0, length - DOTS.length)}${DOTS}` : line;
}
