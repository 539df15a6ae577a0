#!/usr/bin/env node
/** The entry of kubectl's plugin, `kubectl prophet`: the command line of main.ts, with kubectl's ways of naming things before it. */
process.argv.splice(2, 0, "kubectl");
await import("./main.ts");
