/** The look of all pictures: a palette for light and dark that suits colour-blind readers, and type for any width. */

/**
 * Light colours by role. Marks are black, blue and orange of Okabe and Ito's palette ("Color Universal Design", 2008).
 * Readers who see no red or no green tell them apart by hue and lightness. They are attributes, so that every renderer shows them.
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

/** What a colour is for. */
export type Role = keyof typeof LIGHT;

/** Dark colours by role, each with a contrast of at least 4.5 : 1 against the background. */
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

/** Below this width on the page the font is larger, since it is scaled down with the picture. */
const NARROW = 560;

/**
 * The style of a picture, with fonts in the picture's units: `font` on a wide page, `narrow` on a phone.
 * Colours are attributes of the marks. Dark mode maps each to another where the reader prefers it (prefers-color-scheme); renderers without
 * media queries show light.
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
