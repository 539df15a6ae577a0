/** Cases where Prometheus answers JSON that does not fit the query, through a proxy. */
import { type ExpectedResult, failed, held, scaled } from "../fault-case.ts";
import { body, edit, on, put, reply, status, type WireFault } from "../wire.ts";
import { CANARIES } from "../world.ts";
import { casesOf, FEW, type Line } from "./lines.ts";

type Pair = [time: unknown, value: unknown];
const range = (fault: WireFault): Line[2] => ({ prometheus: on(/query_range/, fault) });
/** The one series' samples changed. */
const samples = (change: (all: Pair[]) => unknown[]): Line[2] => range(put("data.result[0].values", change));
const each = (change: (pair: Pair, i: number, all: Pair[]) => unknown): Line[2] => samples((all) => all.map(change));
const newest = (value: unknown): Line[2] => each(([time, old], i, all) => [time, i === all.length - 1 ? value : old]);
const times = (change: (time: number) => unknown): Line[2] => each(([time, value]) => [change(time as number), value]);
const upOnly = (says: RegExp): ExpectedResult => ({ exit: 0, outcomes: [{ action: "held" }], says });
const stays: ExpectedResult = { exit: 0, outcomes: [{ action: "held" }] };
const text = (value: unknown) => JSON.stringify(value);

const FORMS: readonly Line[] = [
  ["null", failed(/status/), range(body("null"))],
  ["a list", failed(/status/), range(body("[]"))],
  ["a text", failed(/status/), range(body('"success"'))],
  ["a number", failed(/status/), range(body("2.2"))],
  ["an empty object", failed(/status/), range(body("{}"))],
  ["success without data", failed(/./), range(body('{"status":"success"}'))],
  ["data of null", failed(/./), range(body('{"status":"success","data":null}'))],
  [
    "an error with 200",
    failed(/status is "error": .*timeout/),
    range(body(text({ status: "error", errorType: "timeout", error: "query timed out" }))),
  ],
  ["a vector for a matrix", failed(/"matrix", got "vector"/), range(put("data.resultType", "vector"))],
  [
    "a scalar",
    failed(/"matrix", got "scalar"/),
    range(body(text({ status: "success", data: { resultType: "scalar", result: [1, "2.2"] } }))),
  ],
  ["a result of null", failed(/./), range(put("data.result", null))],
  ["an empty result", held("NoData"), range(put("data.result", []))],
  ["a series of null", failed(/./), range(put("data.result", [null]))],
  ["a series without values", failed(/no values/), range(edit((json) => void delete json.data.result[0].values))],
  ["values of null", failed(/./), range(put("data.result[0].values", null))],
  ["values that are an object", failed(/./), range(put("data.result[0].values", { 0: [1, "2"] }))],
  ["an empty list of values", held("NoData"), samples(() => [])],
  ["only one value", held("TooFewSamples"), samples((all) => all.slice(-1))],
  ["samples of null", failed(/./), samples((all) => all.map(() => null))],
  [
    "samples of three parts",
    { exit: 0, outcomes: [{ action: "scaled" }], replicas: 5 },
    each(([time, value]) => [time, value, "extra"]),
  ],
  ["samples without a value", failed(/./), each(([time]) => [time])],
  ["two series", held("SeveralSeries"), range(edit((json) => void json.data.result.push(json.data.result[0])))],
  [
    "four series, too few replicas",
    held("SeveralSeries"),
    { ...FEW, ...range(edit((json) => void json.data.result.push(...Array(3).fill(json.data.result[0])))) },
  ],
  ["native histograms", failed(/no values/), range(put("data.result", [{ metric: {}, histograms: [] }]))],
  ["a partial answer", upOnly(/partial/), range(put("isPartial", true))],
  ["a partial answer, too few replicas", scaled(5), { ...FEW, ...range(put("isPartial", true)) }],
  ["a warning of a store that is down", upOnly(/partial/), range(put("warnings", ["store 10.0.0.1 is unavailable"]))],
  ["a thousand warnings", upOnly(/partial/), range(put("warnings", Array(1000).fill("w")))],
  ["warnings that are no list", upOnly(/partial/), range(put("warnings", { a: 1 }))],
  ["advice on PromQL only", scaled(5), range(put("infos", ["PromQL info: metric might not be a counter"]))],
];

const VALUES: readonly Line[] = [
  ["numbers in place of texts", scaled(5), each(([time, value]) => [time, Number(value)])],
  ["a word for the newest value", failed(/must be a number/), newest("many")],
  ["an empty text for the newest value", failed(/must be a number/), newest("")],
  ["null for the newest value", failed(/must be a number/), newest(null)],
  ["true for the newest value", failed(/must be a number/), newest(true)],
  ["a decimal comma", failed(/must be a number/), newest("2,2")],
  ["a hexadecimal number", failed(/must be a number/), newest("0x02")],
  ["beyond what a double holds", stays, newest("1e400")],
  ["NaN as the newest value", upOnly(/not a finite number/), newest("NaN")],
  ["every value NaN", held("NotFinite"), each(([time]) => [time, "NaN"])],
  ["every value zero", held("ZeroUsage"), each(([time]) => [time, "0"])],
  ["every value minus zero", held("ZeroUsage"), each(([time]) => [time, "-0"])],
  ["every value negative", held("NegativeData"), each(([time, value]) => [time, `-${value}`])],
  ["the newest value 1e308", held("AboveCapacity"), newest("1e308")],
];

const TIMES: readonly Line[] = [
  ["times of null", failed(/must be a number|outside the requested/), times(() => null)],
  ["times of 0", failed(/must be a number|outside the requested/), times(() => 0)],
  ["times as texts", failed(/must be a number/), times(String)],
  ["times in milliseconds", failed(/outside the requested.*are these milliseconds\?/), times((time) => time * 1000)],
  ["times in microseconds", failed(/outside the requested.*are these microseconds\?/), times((time) => time * 1e6)],
  ["times in nanoseconds", failed(/outside the requested.*are these nanoseconds\?/), times((time) => time * 1e9)],
  [
    "times in thousands of seconds",
    failed(/outside the requested.*are these thousands of seconds\?/),
    times((time) => time / 1000),
  ],
  ["an hour ahead", held("FutureData", /future/), times((time) => time + 3600)],
  ["two minutes ahead", held("FutureData"), times((time) => time + 120)],
  ["an hour behind", held("StaleData"), times((time) => time - 3600)],
  ["five minutes behind", held("StaleData"), times((time) => time - 300)],
  ["a year ahead", failed(/outside the requested/), times((time) => time + 31_536_000)],
  ["times far beyond a calendar", failed(/must be a number|outside the requested/), times(() => 9e15)],
  ["negative times", failed(/must be a number|outside the requested/), times((time) => -time)],
  ["all samples at one time", stays, samples((all) => all.map(([, value]) => [all.at(-1)?.[0], value]))],
  ["the order turned round", scaled(5), samples((all) => all.toReversed())],
  ["every sample twice", scaled(5), samples((all) => all.flatMap((pair) => [pair, pair]))],
  ["the second half only", upOnly(/%/), samples((all) => all.slice(0, all.length / 2).concat(all.slice(-4)))],
  ["a tenth of the samples", stays, samples((all) => all.filter((_, i) => i % 10 === 0))],
];

const header = { Authorization: `Bearer ${CANARIES.bearer}` };
const song = `${text(header)} X-Api-Key: ${CANARIES.header} \u001b[31mred\u001b]0;title\u0007 \u202e\u009b31m\r\nERROR forged`;

const ECHOES: readonly Line[] = [
  [
    "a refusal that echoes the token",
    failed(/401/),
    range(status(401, text({ status: "error", errorType: "unauthorized", error: song }))),
  ],
  ["a page that echoes the token", failed(/not JSON/), range(body(`<html>${song}</html>`))],
  ["a warning that echoes the token", upOnly(/partial/), range(put("warnings", [song]))],
  [
    "a redirect that carries the token",
    failed(/redirect/),
    range(status(302, "", { location: `http://other.example/?token=${CANARIES.bearer}` })),
  ],
  [
    "an error type that echoes the token",
    failed(/400/),
    range(status(400, text({ status: "error", errorType: song, error: "" }))),
  ],
  ["the token in base64", failed(/500/), range(status(500, Buffer.from(CANARIES.bearer).toString("base64")))],
  ["the token as a sample's value", failed(/must be a number/), newest(CANARIES.bearer)],
  ["the token as the type of the result", failed(/./), range(put("data.resultType", CANARIES.header))],
  ["labels with control characters", scaled(5), range(put("data.result[0].metric", { pod: song }))],
  [
    "a header that echoes the token",
    failed(/503/),
    range(reply({ status: 503, headers: { "www-authenticate": CANARIES.bearer } })),
  ],
];

/** The cases of the kind `prometheus` whose JSON the proxy changes. */
export const WIRE_ANSWER = casesOf("prometheus", FORMS, VALUES, TIMES, ECHOES);
