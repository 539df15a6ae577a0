/** Makes a text harmless to a terminal and a log: control characters and those that turn the direction of writing become visible escapes. */

/** C0 and C1 controls, DEL, line and paragraph separators, and the bidirectional and invisible format characters of Unicode ("Trojan Source", CVE-2021-42574). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
/** The same, but for line feeds: a text of our own has several lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSAFE_BUT_LINES =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
/** Half of a surrogate pair alone: no UTF-8 can hold it. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** One line: what a server, a file or a person's setting said, as it may stand inside a message. */
export function oneLine(text: string): string {
  return text.replace(UNSAFE, escaped).replace(LONE, escaped);
}

/** Several lines of our own; everything but the line feeds is made visible. */
export function lines(text: string): string {
  return text.replace(UNSAFE_BUT_LINES, escaped).replace(LONE, escaped);
}

/** The first `length` characters on one line. What was cut says so, by the dots that the redactor knows too. */
export function cut(text: string, length: number): string {
  const line = oneLine(text);
  return line.length > length ? `${line.slice(0, length - DOTS.length)}${DOTS}` : line;
}

/** Where a text was cut. */
export const DOTS = "...";
