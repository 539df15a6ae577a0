/** `node test/oracle/hpa/check.ts GOLDENS.jsonl[.gz]`: prints `N syncs, M differ`; exit 1 when M > 0, 2 on bad usage or an unreadable file. */
import { compareFile } from "./compare.ts";

/** Differences shown on stderr. */
const SHOWN = 10;

const [path, ...rest] = process.argv.slice(2);
if (path === undefined || rest.length > 0) {
  console.error("usage: node test/oracle/hpa/check.ts GOLDENS.jsonl[.gz]");
  process.exitCode = 2;
} else {
  await check(path);
}

async function check(file: string): Promise<void> {
  const compared = await compareFile(file).catch((error: unknown) => {
    console.error(`cannot check ${file}: ${error instanceof Error ? error.message : error}`);
  });
  if (compared === undefined) {
    process.exitCode = 2;
    return;
  }
  const { syncs, differences } = compared;
  for (const d of differences.slice(0, SHOWN)) {
    console.error(`history ${d.seed} at ${d.t} s from ${d.before}: expected ${d.expected}, ours ${d.actual}`);
  }
  console.log(`${syncs} syncs, ${differences.length} differ`);
  process.exitCode = differences.length > 0 ? 1 : 0;
}
