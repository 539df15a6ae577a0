/** The palette: readable on its paper, and told apart by those who see no red or no green. */
import { describe, expect, it } from "vitest";
import { DARK, LIGHT, POLICIES, pictureStyle, type Role } from "../../job/report/theme.ts";

const channels = (hex: string) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255);
const linear = (hex: string) => channels(hex).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
const times = (m: readonly (readonly number[])[], v: readonly number[]) =>
  m.map((row) => row.reduce((sum, w, i) => sum + w * v[i]!, 0));

/** Relative luminance and contrast as WCAG 2 defines them. */
const luminance = (hex: string) => times([[0.2126, 0.7152, 0.0722]], linear(hex))[0]!;
const contrast = (a: string, b: string) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
};

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. */
const SIGHT: Readonly<Record<string, readonly (readonly number[])[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** CIE L*a*b* of linear RGB (D65). */
function lab(rgb: readonly number[]): readonly number[] {
  const xyz = times(
    [
      [0.4124, 0.3576, 0.1805],
      [0.2126, 0.7152, 0.0722],
      [0.0193, 0.1192, 0.9505],
    ],
    rgb,
  );
  const [x, y, z] = xyz.map((v, i) => {
    const t = Math.max(0, v) / [0.9505, 1, 1.089][i]!;
    return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
  });
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
}

const distance = (a: string, b: string, sight: string) => {
  const [p, q] = [a, b].map((hex) => lab(times(SIGHT[sight]!, linear(hex))));
  return Math.hypot(...p!.map((v, i) => v - q![i]!));
};

describe.each([
  ["light", LIGHT as Readonly<Record<Role, string>>],
  ["dark", DARK],
])("%s", (_, palette) => {
  it("has text and marks that stand out from the paper", () => {
    for (const [role, colour] of Object.entries(palette)) {
      if (role !== "paper" && role !== "grid")
        expect([role, contrast(colour, palette.paper) >= 4.5]).toEqual([role, true]);
    }
  });

  it.each(Object.keys(SIGHT))("keeps four policies apart with %s sight", (sight) => {
    const four = POLICIES.slice(0, 4);
    const pairs = four.flatMap((a, i) => four.slice(i + 1).map((b) => [a, b] as const));
    for (const [a, b] of pairs) expect([a, b, distance(palette[a], palette[b], sight) > 20]).toEqual([a, b, true]);
  });

  it.each(Object.keys(SIGHT))(
    "keeps what was measured, what was forecast and what pods carry apart with %s sight",
    (sight) => {
      for (const [a, b] of [
        ["ink", "forecast"],
        ["ink", "pods"],
        ["forecast", "pods"],
      ] as const) {
        // a just noticeable difference is 2.3; 25 is plain on thin lines
        expect(distance(palette[a], palette[b], sight)).toBeGreaterThan(25);
      }
    },
  );
});

describe("pictureStyle", () => {
  it("maps every colour to its dark one where the reader asks for dark", () => {
    const dark = pictureStyle(14, 22).split("prefers-color-scheme:dark")[1]!;
    for (const role of Object.keys(LIGHT) as Role[]) {
      expect(dark).toContain(`[fill="${LIGHT[role]}"]{fill:${DARK[role]}}`);
      expect(dark).toContain(`[stroke="${LIGHT[role]}"]{stroke:${DARK[role]}}`);
    }
  });
});
