/** Keeps what a page of a bench has and the results at hand lack, so that measuring one part again loses no other. */

const isPicture = (line: string) => line.startsWith("![");
const headingOf = (section: string) => section.slice(0, section.indexOf("\n"));
const sectionsOf = (page: string) => page.split(/^(?=## )/m);

/**
 * The new page with the sections of the one before that it lacks, each behind the section that it stood behind. A section of both keeps its
 * pictures. `kept`: the headings of what was kept.
 */
export function withKept(page: string, before: string): { readonly text: string; readonly kept: readonly string[] } {
  const sections = sectionsOf(page);
  const kept: string[] = [];
  let place = 0;
  for (const old of sectionsOf(before).slice(1)) {
    const heading = headingOf(old);
    const own = sections.findIndex((section) => headingOf(section) === heading);
    if (own < 0) {
      // what is new stands before what is kept
      while (place + 1 < sections.length && !before.includes(`${headingOf(sections[place + 1]!)}\n`)) place++;
      sections.splice(++place, 0, old);
      kept.push(heading);
      continue;
    }
    place = own;
    const pictures = old.split("\n").filter((line) => isPicture(line) && !sections[own]!.includes(line));
    if (pictures.length === 0) continue;
    sections[own] = `${sections[own]!.trimEnd()}\n\n${pictures.join("\n\n")}`;
    kept.push(`${heading}: its pictures`);
  }
  const text = sections.map((section) => section.trimEnd()).join("\n\n");
  return { text: `${text.replace(/\n{3,}/g, "\n\n")}\n`, kept };
}

/** What to say about it on stderr; undefined where nothing was kept. */
export function keptText(page: string, kept: readonly string[]): string | undefined {
  if (kept.length === 0) return undefined;
  const names = kept.map((heading) => heading.replace(/^## /, ""));
  return `${page} keeps what these results lack: ${names.join("; ")}`;
}
