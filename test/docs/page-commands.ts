/** Where each command of the pages is run. What is not in these tables is run as it stands by test/integration/page-commands.test.ts. */
import { commandLines, shellBlocksOf } from "./page-files.ts";

/** Blocks that another file runs: of a page, all or those with this text. The file names the page, or has the command. */
export const ELSEWHERE: readonly (readonly [page: string, text: string, by: string])[] = [
  ["docs/evening.md", "", "test/cluster/evening.ts"],
  ["docs/ten-minutes.md", "npm start", ".ci/run"],
  ["docs/ten-minutes.md", "fixtures/", "test/docs/ten-minutes.test.ts"],
  ["docs/operations.md", "kubectl -n shop apply", "test/integration/handover.test.ts"],
  ["docs/installing.md", "create rolebinding", "test/integration/helm-installing.test.ts"],
  ["docs/installing.md", "create job doctor", "test/integration/helm-installing.test.ts"],
  ["docs/installing.md", ">memory.json", "test/integration/helm-installing.test.ts"],
];

/** Commands that nothing runs from a page, and why. */
export const NOT_RUN: readonly (readonly [command: RegExp, why: string])[] = [
  [/^npm ci/, "the registry: every job of CI begins with it, and `.ci/run` goes on with `npm start`"],
  [
    /^(docker|buildah) (build|bud|push)/,
    "a registry to push to: test/e2e/shared/image.test.ts builds the same Dockerfile",
  ],
  [/^oc /, "OpenShift: test/kubernetes/scc.test.ts has its admission's rule"],
  [/port-forward/, "pods: the evening runs the same line on a node"],
  [
    /^npm (test|run \S+)$|^npm run types && npm run knip$|^\.ci\/run$/,
    "the test would run itself: CONTRIBUTING.md, as CI does",
  ],
];

/** What stands in for what a page leaves to its reader: [of the page, here]. */
export const STAND_INS = (past: string, prometheus: string): readonly (readonly [string, string])[] => [
  ["FOLDER", "manifests/base"],
  ["14:05", past],
  ["http://127.0.0.1:9090", prometheus],
  // as much waiting less
  ["--for 50s", "--for 20s"],
  ["--every 1m --for 60m", "--every 10s --for 20s"],
];

export type CommandPlace = { readonly run: string } | { readonly by: string } | { readonly why: string };

/** Where each line of a page is run; one of a block for the integration test has that block without the lines that nothing runs. */
export function placesOf(page: string): readonly (readonly [line: string, place: CommandPlace])[] {
  return shellBlocksOf(page).flatMap((block) => {
    const by = ELSEWHERE.find(([of, text]) => of === page && block.includes(text))?.[2];
    return commandLines(block).map((line) => {
      const why = NOT_RUN.find(([command]) => command.test(line))?.[1];
      const place: CommandPlace = by !== undefined ? { by } : why !== undefined ? { why } : { run: line };
      return [line, place] as const;
    });
  });
}
