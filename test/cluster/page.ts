/** Runs the shell blocks of a page as a reader would: one shell for all of them, in order, with the changes that a run in minutes needs. */
import { readFileSync } from "node:fs";

export interface Block {
  /** The number of the section, as in `## 4. It decides`. */
  readonly step: number;
  readonly script: string;
}

/** What is run in place of what the page says, and what must hold after a step. */
export interface PageReading {
  /** The steps to run. */
  readonly from: number;
  /** Texts of the page with what stands in for them: waits of an hour, and commands that never end. Each must occur. */
  readonly instead: readonly (readonly [string, string])[];
  /** Shell that runs after the last block of a step, and fails where the step did not do what the page says. */
  readonly after: Readonly<Record<number, string>>;
}

/** The shell blocks of a page with numbered sections, in order. */
export function pageBlocksOf(path: string): readonly Block[] {
  return readFileSync(path, "utf8")
    .split(/^## (?=\d+\. )/m)
    .slice(1)
    .flatMap((section) =>
      [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, script]) => ({
        step: Number.parseInt(section, 10),
        script: script!,
      })),
    );
}

/** The whole page as one script for bash: it stops at the first command that fails, says each, and ends what it left in the background. */
export function scriptOf(blocks: readonly Block[], { from, instead, after }: PageReading): string {
  const parts = blocks.flatMap(({ step, script }, i) => {
    if (step < from) return [];
    const last = blocks[i + 1]?.step !== step;
    return [script, ...(last && after[step] !== undefined ? [after[step]] : [])];
  });
  let text = parts.join("\n");
  for (const [said, done] of instead) {
    if (!text.includes(said)) throw new Error(`the page does not say ${JSON.stringify(said)}`);
    text = text.replaceAll(said, done);
  }
  return `exec 2>&1 </dev/null\nset -euo pipefail\ntrap 'jobs -p | xargs -r kill 2>/dev/null || true' EXIT\nset -x\n${text}\n`;
}
