#!/usr/bin/env node
/** The entry of the plugin `kubectl prophet`: the command line of main.ts, with kubectl's ways of naming objects before it. */
process.argv.splice(2, 0, "kubectl");
await import("./main.ts");
