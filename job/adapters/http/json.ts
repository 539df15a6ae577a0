/** Parses JSON with a limit on its size in memory, checked before parsing: 60 MB of `[` become 2.8 GB, which no limit on bytes shows. */
import { pluralize } from "../../core/units.ts";

/** The largest depth: a Deployment has about 12 levels, managedFields a few more. */
const MAX_DEPTH = 64;

/** The text has more lists and objects than are allowed, or is too deep. */
export class JsonBoundsError extends Error {
  override readonly name = "JsonBoundsError";
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Parses a JSON text of at most so many lists and objects, which take 40 to 100 bytes each in V8 for one or two bytes of text.
 * Throws JsonBoundsError before anything is built, and SyntaxError where it is not JSON.
 */
export function parseJson(text: string, containers: number): unknown {
  let depth = 0;
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i + 1);
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++seen > containers)
        throw new JsonBoundsError(`more than ${pluralize(containers, "list or object", "lists and objects")}`);
      if (++depth > MAX_DEPTH) throw new JsonBoundsError(`lists and objects nested more than ${MAX_DEPTH} deep`);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
  return JSON.parse(text);
}

/** Index of the quote that ends the string starting here; the end of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let from = start; ; ) {
    const end = text.indexOf('"', from);
    if (end < 0) return text.length;
    let slashes = 0;
    while (end - slashes - 1 >= start && text.charCodeAt(end - slashes - 1) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
    from = end + 1;
  }
}
