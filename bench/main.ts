/** `npm run bench -- NAME`: runs a bench; each prints a table and rewrites its page under docs/. */
import { runBench } from "./benches.ts";

const code = await runBench(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;
