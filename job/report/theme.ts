/** The look of every picture: one palette for light and dark that survives colour-blindness, type that can be read at any width. */

/**
 * Light colours by role. Marks are black, blue and orange, of Okabe and Ito's palette ("Color Universal Design", 2008), which those
 * who see no red or no green tell apart by hue and by lightness. Written as attributes, so that every renderer shows them.
 */
export const LIGHT = {
  paper: "#ffffff",
  ink: "#1b1f24",
  muted: "#57606a",
  grid: "#d8dee4",
  forecast: "#0072b2",
  pods: "#c44e00",
  second: "#7b3fa0",
  third: "#00806a",
} as const;

export type Role = keyof typeof LIGHT;

/** The same on dark; each at 4.5 : 1 or more against its paper. */
export const DARK: Readonly<Record<Role, string>> = {
  paper: "#0d1117",
  ink: "#e6edf3",
  muted: "#9da7b3",
  grid: "#30363d",
  forecast: "#58b4f0",
  pods: "#ff9b57",
  second: "#c79bf2",
  third: "#35d0a5",
};

/** Colours of the policies in one chart, ours first. With more policies the colours repeat. */
export const POLICIES: readonly Role[] = ["pods", "second", "third", "ink", "muted"];

/** Below this width of the picture on the page its type is enlarged: it is scaled down with the rest. */
const NARROW = 560;

/**
 * The style of a picture. Colours are attributes of the marks, so dark is a map from attribute to colour, where the reader asks for it
 * (prefers-color-scheme); renderers without media queries show light. `font` in units of the picture, `narrow` the same on a phone.
 */
export function pictureStyle(font: number, narrow: number): string {
  const dark = (Object.keys(LIGHT) as Role[]).flatMap((role) =>
    ["fill", "stroke"].map((name) => `[${name}="${LIGHT[role]}"]{${name}:${DARK[role]}}`),
  );
  return [
    `svg{color:${LIGHT.ink}}text{font-size:${font}px;font-family:system-ui,-apple-system,"Segoe UI",sans-serif}`,
    `.title{font-size:${Math.round(font * 1.25)}px;font-weight:600}`,
    `@media (max-width:${NARROW}px){text{font-size:${narrow}px}.title{font-size:${Math.round(narrow * 1.1)}px}.wide{display:none}}`,
    `@media (prefers-color-scheme:dark){svg{color:${DARK.ink}}${dark.join("")}}`,
  ].join("");
}
