/** Writes docs/reliability.md: the promises, how many cases kept them, and one line per case. */
import { markdownTable } from "../../scripts/markdown.ts";
import { type FaultCase, KINDS, type Kind } from "./fault-case.ts";
import { PROMISES } from "./invariants.ts";
import type { CaseObservation } from "./run-case.ts";
import { FIRST } from "./world.ts";

/** A case, what was seen of it, and the invariants that it broke. */
export interface FaultRow {
  readonly fault: FaultCase;
  readonly seen: CaseObservation;
  readonly broken: readonly (readonly [promise: string, what: string])[];
}

/** No cell is longer. */
const MAX_WIDTH = 130;

/** docs/reliability.md as Markdown. */
export function faultsPage(rows: readonly FaultRow[]): string {
  const count = rows.flatMap(({ fault, broken }) => (fault.gap === undefined ? broken : [])).length;
  const gaps = rows.filter(({ fault, broken }) => fault.gap !== undefined && broken.length > 0);
  const slowest = Math.max(...rows.map(({ seen }) => seen.milliseconds));
  const largest = Math.max(...rows.map(({ seen }) => seen.mebibytes));
  const sections = (Object.keys(KINDS) as Kind[]).map((kind) => section(kind, rows)).join("\n");
  return `# Reliability

<!-- Written by \`npm run bench -- faults\`. -->

What the job does when something is wrong. ${rows.length} faults were put into a sound world, one at a time, and each promise below was checked after each of them.
**${count === 0 ? "No promise was broken" : `${count} promises were broken`}${gaps.length === 0 ? "." : `, but for the ${gaps.length} known gaps below.`}** The slowest case took ${(slowest / 1000).toFixed(1)} s, the largest held ${largest.toFixed(0)} MiB.

${markdownTable(["promise", "cases", "broken"], promises(rows))}

${gaps.length === 0 ? "" : gapsText(gaps)}## How it is measured

Every case runs \`dist/job.js\` as a process of its own. It reads a real Prometheus, which holds the case's own history, and writes to a real API server with the Role of the
manifests. In the sound world 8 replicas run where 5 are needed, and nothing forbids the scale-in: a run without a fault sets 5. So a fault that goes unnoticed
lowers the replicas, and the bench sees it. Where scale-out is the question, 3 replicas run.

The calls to both servers pass through a proxy. It counts them. In cases marked \`proxy\` it also makes the fault: it refuses, cuts, delays or changes an answer. In cases marked \`real\`
the servers themselves show the fault. In cases marked \`process\` the fault is in the settings, in the process' clock or in its output.

Three secrets stand where secrets belong: Prometheus' token, a header, and the ServiceAccount's token. They are looked for in both streams, in Events, in the state and in
pictures. Times are of a machine with two cores that did other work as well.

CI runs all cases. It fails where a promise is broken that is not among the known gaps.

${sections}`;
}

function gapsText(gaps: readonly FaultRow[]): string {
  const cells = gaps.map(({ fault, broken }) => [fault.name, broken[0]?.[0] ?? "", fault.gap ?? ""]);
  return `## Known gaps\n\n${markdownTable(["fault", "promise", "why, and what helps"], cells)}\n\n`;
}

function promises(rows: readonly FaultRow[]): string[][] {
  return PROMISES.map((promise) => {
    const wrong = rows.filter(({ broken }) => broken.some(([name]) => name === promise));
    return [promise, String(rows.length), String(wrong.length)];
  });
}

function section(kind: Kind, rows: readonly FaultRow[]): string {
  const own = rows.filter(({ fault }) => fault.kind === kind);
  const cells = own.map(({ fault, seen }) => [
    fault.name,
    placeOf(fault),
    outcomeText(fault, seen),
    String(seen.ended.code),
    seen.milliseconds.toFixed(0),
    seen.mebibytes.toFixed(0),
    messageText(fault, seen),
  ]);
  return `## ${KINDS[kind]}\n\n${own.length} cases.\n\n${markdownTable(["fault", "on", "outcome", "exit", "ms", "MiB", "message"], cells)}\n`;
}

/** Where the fault is. */
function placeOf({ kind, prometheus, api, stdout, stderr, clock, args }: FaultCase): string {
  if (prometheus !== undefined || api !== undefined) return "proxy";
  const own = kind === "settings" || stdout !== undefined || stderr !== undefined || clock !== undefined;
  return own || (kind === "output" && args !== undefined) ? "process" : "real";
}

/** The outcomes of a case's targets in short: `held 8, StaleData`, `scaled 3 -> 5`. */
export function outcomeText({ expect }: FaultCase, { told, before, after }: CaseObservation): string {
  if (expect.exit === 2) return "refused";
  if (told !== null) {
    return told
      .map(({ action, from, to, reason }) => {
        const replicas = action === "scaled" ? `${from} -> ${to}` : String(from ?? "");
        return `${action} ${replicas}${action === "failed" ? "" : `, ${reason}`}`.replace("  ", " ");
      })
      .join("; ");
  }
  const [was, is] = [before.get(FIRST), after.get(FIRST)];
  return was === is ? `${is} stay` : `${was} -> ${is}`;
}

/** The first words of the first target whose message is the fault's, on one line. */
function messageText({ expect }: FaultCase, { told, ended }: CaseObservation): string {
  const about = told?.find(({ message }) => expect.says?.test(message)) ?? told?.[0];
  const lines = `${ended.stderr}\n${ended.stdout}`.split("\n").filter((line) => line.trim() !== "");
  const text = about?.message ?? lines.find((line) => expect.says?.test(line)) ?? lines[0] ?? "";
  const plain = text
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "http://server")
    .replaceAll(/[`<>]/g, "")
    .replaceAll(/\/tmp\/[^\s:]*\//g, "");
  return plain.length > MAX_WIDTH ? `${plain.slice(0, MAX_WIDTH - 2)} …` : plain;
}
