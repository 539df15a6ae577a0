/** SVG to PNG by resvg, a native addon that the image does not carry. */

/** The picture as PNG, `width` pixels wide. Throws an Error that says what to do when resvg is not installed. */
export async function svgToPng(svg: string, width: number): Promise<Uint8Array> {
  const resvg = await import("@resvg/resvg-js").catch((cause: unknown) => {
    throw new Error("PNG needs the package @resvg/resvg-js, which is not installed here; write an .svg instead", {
      cause,
    });
  });
  const options = { font: { loadSystemFonts: true }, fitTo: { mode: "width", value: width } } as const;
  return new resvg.Resvg(svg, options).render().asPng();
}
