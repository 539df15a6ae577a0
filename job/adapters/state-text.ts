/** Converts a state to the text of an annotation and back: readable JSON while short, compressed above that. Too large a state is refused. */

import { deflateRawSync, inflateRawSync } from "node:zlib";
import { decode, EMPTY_STATE, encodeWithin, type StoredText } from "../core/state/codec.ts";
import type { JobState } from "../core/state/types.ts";
import { pluralize } from "../core/units.ts";
import type { StateReading } from "../ports.ts";

/** The most that fits, in bytes: Kubernetes allows 256 KiB for all annotations of an object, and the rest is for others. */
const MAX_KEPT = 236 * 1024;
/** The most that is written, in bytes: the same targets in another order compress a little better or worse. */
export const MAX_WRITTEN = 240 * 1024;
/** Above this, about 170 targets, nobody reads the JSON. */
const MAX_PLAIN_BYTES = 32 * 1024;
/** The most that a text may unpack to: 10,000 targets of 200 bytes. A few kilobytes of compressed text could become gigabytes. */
const MAX_UNPACKED = 2 * 1024 * 1024;
/** The start of compressed texts, with which no JSON begins. The number is the version of the form. */
const COMPRESSED = "deflate1:";

/** The stored text of a state, and the targets that still do not fit: none where `leftOut` was called first. */
export function stateText(state: JobState): StoredText {
  return encodeWithin(state, { pack, most: MAX_WRITTEN });
}

/** The targets that do not fit; those that are stored now take precedence over new ones. */
export function leftOut(state: JobState, before: JobState | undefined): readonly string[] {
  return encodeWithin(state, { pack, most: MAX_KEPT }, before).leftOut;
}

/** The state of a stored text. A missing or unreadable text gives an empty state; an unreadable one also a warning. */
export function readState(text: string | undefined): Omit<StateReading, "version"> {
  if (text === undefined || text === "") return { state: EMPTY_STATE };
  const json = text.startsWith(COMPRESSED) ? unpack(text.slice(COMPRESSED.length)) : text;
  if (json === null) {
    const warning = `state is compressed and damaged (${pluralize(text.length, "character")}); starting without memory`;
    return { state: EMPTY_STATE, warning };
  }
  const decoded = decode(json);
  return decoded.ok ? { state: decoded.value } : { state: EMPTY_STATE, warning: decoded.error };
}

/** The last compressed text: what fits is checked before it is written, and takes 5 ms for a thousand targets. */
let last = { json: "", text: "" };

function pack(json: string): string {
  if (json.length <= MAX_PLAIN_BYTES) return json;
  // too long in any form: left as it is, it does not fit
  if (json.length > MAX_UNPACKED) return json;
  if (last.json !== json) last = { json, text: COMPRESSED + deflateRawSync(json).toString("base64") };
  return last.text;
}

function unpack(base64: string): string | null {
  try {
    return inflateRawSync(Buffer.from(base64, "base64"), { maxOutputLength: MAX_UNPACKED }).toString("latin1");
  } catch {
    return null;
  }
}
