/** Our decisions over the recorded fixtures are those that were reviewed; `node scripts/golden.ts` remakes them for a review. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readGolden, replayFixtures } from "./golden-replay.ts";

describe("golden replays", () => {
  it("decide as reviewed, and the same twice", async () => {
    const now = await replayFixtures();
    expect(await replayFixtures()).toEqual(now);
    const kept = readGolden();
    if (JSON.stringify(now) !== JSON.stringify(kept)) {
      const folder = join(import.meta.dirname, "../../out");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "replay-now.json"), `${JSON.stringify(now, null, 1)}\n`);
    }
    expect(Object.keys(kept).length).toBeGreaterThan(3);
    expect(now).toEqual(kept);
  });
});
