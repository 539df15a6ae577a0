/** Reads the page's data from its document: base64, deflate, JSON. */
import type { PageData } from "../types.ts";

/** Reads the data that the page carries. Rejects where the browser cannot inflate. */
export async function readData(): Promise<PageData> {
  const text = document.querySelector("#data")!.textContent!;
  const bytes = Uint8Array.from(atob(text.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text()) as PageData;
}
