/** Cases with faulty output (no reader, a full disk, unwritable pictures): what was done and the exit code stay. */
import { symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { ExpectedResult, FaultCase } from "../fault-case.ts";
import { outOf } from "../run-case.ts";
import { hang, on } from "../wire.ts";
import { casesOf, FEW, type Line } from "./lines.ts";

/** Done, whatever can be read of it. */
const done: ExpectedResult = { exit: 0, replicas: 5 };
const json = ["--once", "--json"];
const text = ["--once"];

/** A file that is a full disk. */
const full: FaultCase["prepare"] = async (lane) => {
  const file = join(outOf(lane), "full.svg");
  symlinkSync("/dev/full", file);
  return async () => unlinkSync(file);
};

const STREAMS: readonly Line[] = [
  ["stdout is a closed pipe", done, { stdout: "closed" }],
  ["stderr is a closed pipe", done, { stderr: "closed" }],
  ["both are closed pipes", done, { stdout: "closed", stderr: "closed" }],
  ["stderr is a full disk", done, { stderr: "full" }],
  ["stdout is a full disk", { ...done, says: /./ }, { stdout: "full" }],
  ["both are full disks", done, { stdout: "full", stderr: "full" }],
  [
    "stderr is a full disk, and the state is garbage",
    { exit: 0, replicas: 5 },
    { ...FEW, stderr: "full", state: "}{" },
  ],
  [
    "stderr is a closed pipe, and the state is garbage",
    { exit: 0, replicas: 5 },
    { ...FEW, stderr: "closed", state: "}{" },
  ],
  ["as text, and stdout is a closed pipe", done, { args: text, stdout: "closed" }],
  ["as text, and stdout is a full disk", done, { args: text, stdout: "full" }],
  ["as text with a plot, and stdout is a closed pipe", done, { args: [...text, "--plot"], stdout: "closed" }],
  [
    "a failing run whose stderr is closed",
    { exit: 1 },
    { stderr: "closed", api: on(/^PATCH .*\/scale/, hang), settings: { timeout: 3 } },
  ],
  ["settings that are refused, and stderr is closed", { exit: 2 }, { stderr: "closed", settings: { targets: [] } }],
  ["settings that are refused, and stderr is a full disk", { exit: 2 }, { stderr: "full", settings: { targets: [] } }],
];

const PICTURES: readonly Line[] = [
  ["a picture on a full disk", done, { args: [...json, "--svg", "$out/full.svg"], prepare: full }],
  ["a picture", done, { args: [...json, "--svg", "$out/a.svg"] }],
  [
    "a picture and no data",
    { exit: 0, outcomes: [{ action: "held", reason: "NoData" }] },
    { args: [...json, "--svg", "$out/b.svg"], query: "sum(no_such_metric)" },
  ],
  [
    "a picture on a full disk, and stderr is closed",
    done,
    { args: [...json, "--svg", "$out/full.svg"], prepare: full, stderr: "closed" },
  ],
  ["a picture in a folder that is not there", done, { args: [...json, "--svg", "/no/such/folder/a.svg"] }],
  ["a folder for a picture", { exit: 2 }, { args: [...json, "--svg", "/tmp"] }],
  ["a picture of another kind", { exit: 2 }, { args: [...json, "--svg", "$out/a.jpg"] }],
];

const TERMINALS: readonly Line[] = [
  ["a dumb terminal", done, { args: [...text, "--plot"], env: { TERM: "dumb" } }],
  ["a terminal of one column", done, { args: [...text, "--plot"], env: { COLUMNS: "1" } }],
  ["a terminal of a million columns", done, { args: [...text, "--plot"], env: { COLUMNS: "1000000" } }],
  ["columns that are no number", done, { args: [...text, "--plot"], env: { COLUMNS: "wide" } }],
  ["a language that is not there", done, { args: text, env: { LANG: "xx_XX", LC_ALL: "none" } }],
  ["no HOME", done, { args: text, env: { HOME: "" } }],
  ["the whole record in the log", done, { args: [...json, "--log-level", "debug", "--log-format", "json"] }],
];

/** The cases of the kind `output`: streams and files that cannot be written. */
export const OUTPUT = casesOf("output", STREAMS, PICTURES, TERMINALS);
