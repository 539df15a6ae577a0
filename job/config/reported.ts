/** Knows which issues were reported, so that none follows from another: a refused value is not missing too, and is compared with nothing. */
import type { OnMissing } from "./complete.ts";
import { settingAt } from "./settings.ts";
import type { Table } from "./table.ts";
import type { Issue } from "./types.ts";

/** Whether an issue was reported for this place, for a place around or inside it, or for its flag, variable or default. */
export type AlreadyReported = (path: string) => boolean;

/** Reads the issues so far; later ones do not count. */
export function reportedIn(table: Table, issues: readonly Issue[]): AlreadyReported {
  if (issues.length === 0) return () => false;
  const reported = new Set(issues.flatMap(({ path, meant }) => (meant === undefined ? [path] : [path, meant])));
  // everything around a reported place
  const above = new Set([...reported].flatMap(prefixes));
  return (path) => {
    const setting = settingAt(path, table);
    const names = setting === null ? [] : [`--${setting.flag}`, setting.variable];
    const places = [path, path.replace(/^targets\[\d+\]/, "defaults")];
    return (
      names.some((name) => reported.has(name)) ||
      places.some((place) => above.has(place) || prefixes(place).some((prefix) => reported.has(prefix)))
    );
  };
}

/** A path and those around it: `a.b[0].c`, `a.b[0]`, `a.b`, `a`. */
function prefixes(path: string): readonly string[] {
  return [path, ...[...path.matchAll(/[.[]/g)].map((found) => path.slice(0, found.index))];
}

/** Adds an issue for each required setting that no source gives. */
export function missingReporter(table: Table, reported: AlreadyReported, issues: Issue[]): OnMissing {
  return (path, node) => {
    if (reported(path)) return;
    const setting = settingAt(path, table);
    const ways = [
      ...(setting?.flag ? [`by --${setting.flag}`] : []),
      ...(setting === null ? [] : [`by ${setting.variable}`]),
      "in the file",
    ];
    const how = ways.length === 1 ? ways[0] : `${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}`;
    issues.push({ path, message: `is missing. ${node.about} Set it ${how}.` });
  };
}
