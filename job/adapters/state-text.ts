/** State <-> the text of an annotation: JSON that people can read while it is short, compressed above; too much of either is refused. */

import { deflateRawSync, inflateRawSync } from "node:zlib";
import { decode, EMPTY_STATE, type Fitted, fitState } from "../core/state/codec.ts";
import type { JobState } from "../core/state/types.ts";
import { pluralize } from "../core/units.ts";
import type { StateReading } from "../ports.ts";

/** What fits: Kubernetes allows all annotations of an object together 256 KiB, and the rest is for other people's. */
const MAX_KEPT = 236 * 1024;
/** What is written at most, in bytes: the same targets in another order are compressed a little better or worse. */
export const MAX_WRITTEN = 240 * 1024;
/** About 170 targets: what is longer nobody reads. */
const MAX_PLAIN_BYTES = 32 * 1024;
/** What a text may become: 10,000 targets of 200 bytes; a few kilobytes of the compressed form could be gigabytes. */
const MAX_UNPACKED = 2 * 1024 * 1024;
/** What compressed texts begin with: no JSON does. The number is that of the form. */
const COMPRESSED = "deflate1:";

/** The stored text of a state, and the targets that still do not fit: none if `leftOut` was called first. */
export function textOf(state: JobState): Fitted {
  return fitState(state, { pack, most: MAX_WRITTEN });
}

/** The targets that do not fit; those that are stored now stay before those that are new. */
export function leftOut(state: JobState, before: JobState | undefined): readonly string[] {
  return fitState(state, { pack, most: MAX_KEPT }, before).leftOut;
}

/** The state in a stored text. A missing or unreadable text gives an empty memory, and an unreadable one also a warning. */
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

function pack(json: string): string {
  if (json.length <= MAX_PLAIN_BYTES) return json;
  // too long in any form: left as it is, it does not fit
  if (json.length > MAX_UNPACKED) return json;
  return COMPRESSED + deflateRawSync(json).toString("base64");
}

function unpack(base64: string): string | null {
  try {
    return inflateRawSync(Buffer.from(base64, "base64"), { maxOutputLength: MAX_UNPACKED }).toString("latin1");
  } catch {
    return null;
  }
}
