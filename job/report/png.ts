/** Converts SVG to PNG by resvg, a native addon that the image does not contain. */

const SANS = "DejaVu Sans";

/** Loads resvg. If it is not installed, throws an Error that says what to do. */
export async function needResvg(): Promise<typeof import("@resvg/resvg-js")> {
  return import("@resvg/resvg-js").catch((cause: unknown) => {
    throw new Error("PNG needs the package @resvg/resvg-js, which is not installed here; write an .svg instead", {
      cause,
    });
  });
}

/** The picture as PNG, `width` pixels wide. Throws as `needResvg` does. */
export async function svgToPng(svg: string, width: number): Promise<Uint8Array> {
  const resvg = await needResvg();
  // resvg knows no system-ui, and would take what comes first: a serif
  const font = { loadSystemFonts: true, sansSerifFamily: SANS, defaultFontFamily: SANS };
  const options = { font, fitTo: { mode: "width", value: width } } as const;
  return new resvg.Resvg(svg, options).render().asPng();
}
