/** `npm start`: runs the built job once over the recorded sine, without a cluster; prints the decision and a plot, writes a picture. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const job = join(root, "dist/job.js");
const series = join(root, "fixtures/recorded/sine.json");
const picture = join(root, "out/forecast.svg");

for (const file of [job, series]) {
  if (existsSync(file)) continue;
  console.error(`${file} is missing; ${file === job ? "`npm run build` makes it" : "the checkout is incomplete"}.`);
  process.exit(1);
}
mkdirSync(dirname(picture), { recursive: true });
console.log(
  "A recorded half hour of the stress-app (a wave of 300 s), 50m of CPU a pod, 1 to 10 pods, 4 of them running.\n",
);
const flags = ["--once", "--dry-run", "--history-file", series, "--deployment", "stress-app", "--target-cpu", "0.05"];
const { status } = spawnSync(
  process.execPath,
  [job, ...flags, "--min", "1", "--max", "10", "--replicas", "4", "--plot", "--svg", picture],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
