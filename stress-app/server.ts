/** The entry of the stress-app: settings, start, SIGTERM, exit code. */
import { startStressApp } from "./app.ts";
import { readOptions, usageText } from "./options.ts";

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (!options) {
    console.log(usageText());
    return;
  }
  const app = await startStressApp(options);
  console.log(`stress-app listens on ${app.url} with ${options.workers} workers`);
  let ending = false;
  const end = async (signal: string): Promise<void> => {
    if (ending) return;
    ending = true;
    console.log(`${signal}: taking no more requests, finishing what runs (at most ${options.drainSeconds} s)`);
    const finished = await app.drain();
    console.log(finished ? "all finished" : "time is up: what still ran was cut off");
    process.exit(0);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof Error && "code" in error && error.code === "EADDRINUSE" ? 1 : 2;
});
