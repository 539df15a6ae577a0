/** The mark of each kind of settings in an advice's figure: a shape and a colour, either of which identifies it. */
import type { Role } from "../theme.ts";
import type { FrontKind } from "./types.ts";

/** Shapes, by the character that looks like them. */
export type Glyph = "\u25c6" | "\u25cf" | "\u25cb" | "\u25a0" | "\u25b2";

/** Marks by kind; later ones are drawn below earlier ones. */
export const FRONT_MARKS: Readonly<
  Record<FrontKind, { readonly role: Role; readonly glyph: Glyph; readonly words: string }>
> = {
  advised: { role: "forecast", glyph: "\u25c6", words: "advised" },
  current: { role: "ink", glyph: "\u25cf", words: "current" },
  front: { role: "pods", glyph: "\u25cf", words: "no others beat these on the earlier half" },
  other: { role: "pods", glyph: "\u25cb", words: "other settings" },
  hpa: { role: "second", glyph: "\u25a0", words: "HPA, simulated" },
  recorded: { role: "third", glyph: "\u25b2", words: "what really ran" },
};
