/** Remakes fixtures/golden/replay.json after an intended change of decisions; read the diff before you commit it. */
import { writeFileSync } from "node:fs";
import { GOLDEN, replayFixtures } from "../test/replay/golden-replay.ts";

const golden = await replayFixtures();
writeFileSync(GOLDEN, `${JSON.stringify(golden, null, 1)}\n`);
for (const [name, lines] of Object.entries(golden)) console.log(`${name}: ${lines.length} decisions`);
