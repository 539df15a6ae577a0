/** docs/architecture.md and its picture: every room is there, every arrow is an import, and the walk names functions that exist. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { architecturePicture, drawnImports, EVERYWHERE, PLACES } from "../../scripts/architecture-picture.ts";
import { imports, MAY_IMPORT, reduced } from "../rooms.ts";

const page = readFileSync("docs/architecture.md", "utf8");
const rooms = [...imports().keys()];

describe("the picture", () => {
  it("has every room once", () => {
    expect([...Object.keys(PLACES), ...EVERYWHERE].sort()).toEqual([...rooms].sort());
    expect(Object.keys(MAY_IMPORT).sort()).toEqual([...rooms].sort());
  });

  it("has an arrow for each import that does not follow from others, and no other", () => {
    const drawn = drawnImports();
    expect(drawn.length).toBeGreaterThan(12);
    const graph = imports();
    for (const [from, to] of drawn) expect(graph.get(from), `${from} -> ${to}`).toContain(to);
    // what the arrows reach is what the imports reach
    const reach = (edges: readonly (readonly [string, string])[], from: string): ReadonlySet<string> => {
      const found = new Set<string>();
      const visit = (room: string): void => {
        for (const [a, b] of edges) {
          if (a !== room || found.has(b)) continue;
          found.add(b);
          visit(b);
        }
      };
      visit(from);
      return found;
    };
    const all = [...graph].flatMap(([from, list]) => list.map((to) => [from, to] as const));
    for (const room of Object.keys(PLACES)) {
      const drawable = [...reach(all, room)].filter((to) => to in PLACES);
      expect([...reach(drawn, room)].sort(), room).toEqual(drawable.sort());
    }
    expect(architecturePicture().match(/marker-end/g)).toHaveLength(drawn.length);
  });

  it("has no arrow that goes up", () => {
    for (const [from, to] of drawnImports()) {
      const [a, b] = [PLACES[from]!, PLACES[to]!];
      expect(a.row < b.row || (a.row === b.row && a.column !== b.column), `${from} -> ${to}`).toBe(true);
    }
  });

  it("leaves out what follows from others", () => {
    const graph = new Map([
      ["a", ["b", "c"]],
      ["b", ["c"]],
      ["c", []],
    ]);
    expect(reduced(graph)).toEqual([
      ["a", "b"],
      ["b", "c"],
    ]);
  });
});

describe("the page", () => {
  it("names every room", () => {
    expect(
      rooms.filter((room) => room !== "kubectl-prophet" && room !== "core/tick" && !page.includes(`\`${room}\``)),
    ).toEqual([]);
  });

  const named = [...page.matchAll(/`(\w+)\(\)` in \[[^\]]+\]\(\.\.\/([^)]+)\)/g)].map(([, name, path]) => [
    name!,
    path!,
  ]);

  it("walks through many functions", () => expect(named.length).toBeGreaterThan(9));

  it.each(named)("%s() is in %s", (name, path) => {
    expect(readFileSync(path!, "utf8")).toMatch(new RegExp(`export (async )?function ${name}\\(`));
  });
});
