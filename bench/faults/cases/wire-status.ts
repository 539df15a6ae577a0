/** Cases with faulty HTTP of Prometheus: statuses, connections and bodies, through a proxy. */
import { gzipSync } from "node:zlib";
import { failed, scaled } from "../fault-case.ts";
import { body, first, hang, late, lost, on, reply, reset, status, type WireFault } from "../wire.ts";
import { casesOf, FEW, type Line } from "./lines.ts";

const RANGE = /query_range/;
const CLOCK = /vector\(1\)/;
const START = /kube_pod/;

const range = (fault: WireFault): Line[2] => ({ prometheus: on(RANGE, fault) });
const error = (type: string, text: string) => JSON.stringify({ status: "error", errorType: type, error: text });
const MEGABYTE = 1024 * 1024;

/** So many megabytes of a text. */
const flood = (part: string, megabytes: number, head = "") =>
  function* () {
    yield head;
    const block = part.repeat(65_536 / part.length);
    for (let sent = 0; sent < megabytes * MEGABYTE; sent += block.length) yield block;
  };

const STATUSES: readonly Line[] = [
  ["400: the query is refused", failed(/400 bad_data: no/), range(status(400, error("bad_data", "no")))],
  ["401 with a page", failed(/401/), range(status(401, "<html>log in</html>"))],
  ["403 from a gateway", failed(/403/), range(status(403, "forbidden"))],
  ["404: the path is another", failed(/404/), range(status(404, "404 page not found"))],
  ["405: POST is not allowed", failed(/405/), range(status(405, ""))],
  ["408", failed(/408/), range(status(408, ""))],
  ["413: the request is too large", failed(/413/), range(status(413, ""))],
  [
    "422: too many samples",
    failed(/422 execution: .*too many/),
    range(status(422, error("execution", "query processing would load too many samples"))),
  ],
  ["429 for ever", failed(/429/), range(status(429, ""))],
  ["429 that asks for an hour", failed(/429/), range(status(429, "", { "retry-after": "3600" }))],
  ["429 once", scaled(5), { prometheus: first(1, RANGE, status(429, "")) }],
  ["500", failed(/500/), range(status(500, "boom"))],
  ["500 with a stack trace of 2 MB", failed(/500/), range(status(500, "at x\n".repeat(400_000)))],
  ["501", failed(/501/), range(status(501, ""))],
  ["502 for ever", failed(/502/), range(status(502, "<html>bad gateway</html>"))],
  ["503 for ever", failed(/503/), range(status(503, error("unavailable", "TSDB not ready")))],
  ["503 once", scaled(5), { prometheus: first(1, RANGE, status(503, "")) }],
  ["504 for ever", failed(/504/), range(status(504, ""))],
  ["504, too few replicas", failed(/504/), { ...FEW, ...range(status(504, "")) }],
  ["204: nothing", failed(/204|empty body/), range(status(204))],
  ["301 to another host", failed(/redirect/), range(status(301, "", { location: "http://elsewhere.example/" }))],
  [
    "302 to a login page",
    failed(/redirect/),
    range(status(302, "", { location: "https://login.example/?next=prometheus" })),
  ],
  ["307 to itself", failed(/redirect/), range(status(307, "", { location: "/api/v1/query_range" }))],
  ["308 without a location", failed(/308|redirect/), range(status(308))],
];

const CONNECTION: readonly Line[] = [
  ["nobody listens", failed(/ECONNREFUSED/), { settings: { prometheus: { url: "http://127.0.0.1:9" } } }],
  [
    "a name that is not there",
    failed(/ENOTFOUND|EAI_AGAIN|time of the run/),
    { settings: { prometheus: { url: "http://prometheus.invalid:9090" } } },
  ],
  [
    "https where http is spoken",
    failed(/TLS|SSL|EPROTO|wrong version/i),
    { settings: { prometheus: { url: "https://$host" } } },
  ],
  ["reset before the first byte", failed(/ECONNRESET|hang up|aborted/), range(reset)],
  ["reset once", scaled(5), { prometheus: first(1, RANGE, reset) }],
  ["the answer is lost", failed(/ECONNRESET|hang up|aborted/), range(lost)],
  [
    "cut in the middle of the body",
    failed(/ECONNRESET|aborted/),
    range(reply({ body: `{"status":"success",${" ".repeat(4000)}`, end: "cut" })),
  ],
  [
    "the range query hangs",
    failed(/no answer within 2.0 s/),
    { ...range(hang), settings: { prometheus: { retries: 0 } } },
  ],
  [
    "the range query hangs until the run's time is over",
    failed(/time of the run|no answer/),
    { ...range(hang), settings: { timeout: 3, prometheus: { timeout: 60 } } },
  ],
  [
    "the clock's query hangs",
    failed(/no answer within 2.0 s/),
    { prometheus: on(CLOCK, hang), settings: { prometheus: { retries: 0 } } },
  ],
  [
    "the query of the pods' start hangs",
    scaled(5),
    { prometheus: on(START, hang), settings: { prometheus: { retries: 0 } } },
  ],
  ["an answer that is a second late", scaled(5), range(late(1000))],
  [
    "everything hangs, too few replicas",
    failed(/no answer|time of the run/),
    { ...FEW, prometheus: hang, settings: { timeout: 4 } },
  ],
  ["the clock's query fails", failed(/500/), { prometheus: on(CLOCK, status(500, "")) }],
  ["the clock's query is refused", failed(/401/), { prometheus: on(CLOCK, status(401, "")) }],
  ["the query of the pods' start fails", scaled(5), { prometheus: on(START, status(500, "")) }],
  ["the query of the pods' start is refused", scaled(5), { prometheus: on(START, status(403, "")) }],
];

const BODIES: readonly Line[] = [
  ["an empty body", failed(/empty body/), range(body(""))],
  ["a page with 200", failed(/not JSON/), range(body("<!doctype html><title>Sign in</title>"))],
  [
    "JSON that ends early",
    failed(/not JSON/),
    range(body('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"val')),
  ],
  ["a byte order mark before the JSON", failed(/not JSON|no sample|NoData/), range(body('\ufeff{"status":"succes'))],
  ["UTF-16", failed(/not JSON/), range(body(Buffer.from('{"status":"success"}', "utf16le")))],
  [
    "gzip that ends early",
    failed(/Z_BUF_ERROR|unexpected end|gzip/i),
    range(zipped((bytes) => bytes.subarray(0, bytes.length / 2))),
  ],
  [
    "gzip that is none",
    failed(/gzip|header|incorrect/i),
    range(body("not compressed", { "content-encoding": "gzip" })),
  ],
  [
    "an encoding that nobody knows",
    failed(/not JSON|encoding/),
    range(body("\u0001\u0002", { "content-encoding": "x-own" })),
  ],
  ["60 MB of lists in lists", failed(/larger than/), range(body(flood("[", 60)))],
  [
    "60 MB of samples",
    failed(/larger than/),
    range(
      body(
        flood(
          '[1700000000,"1"], ',
          60,
          '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[',
        ),
      ),
    ),
  ],
  [
    "60 MB compressed to 60 kB",
    failed(/larger than/),
    range(body(gzipSync(Buffer.alloc(60 * MEGABYTE, "[")), { "content-encoding": "gzip" })),
  ],
  ["60 MB as an error", failed(/422|larger than/), range(reply({ status: 422, body: flood("<p>no</p>", 60) }))],
  ["60 MB as the clock", failed(/larger than/), { prometheus: on(CLOCK, body(flood(" ", 60))) }],
  ["60 MB as the pods' start", scaled(5), { prometheus: on(START, body(flood(" ", 60))) }],
  [
    "plain text as the content type",
    scaled(5),
    range(async ({ forward }) => ({ ...(await forward()), headers: { "content-type": "text/plain" } })),
  ],
  [
    "a length that is too long",
    failed(/ECONNRESET|aborted|hang up|no answer/),
    range(reply({ body: "{}".padEnd(64), end: "cut" })),
  ],
];

function zipped(cut: (bytes: Buffer) => Buffer): WireFault {
  return body(cut(gzipSync(Buffer.from(JSON.stringify({ status: "success", data: "x".repeat(4000) })))), {
    "content-encoding": "gzip",
  });
}

/** The cases of the kind `prometheus` whose status, connection or body the proxy changes. */
export const WIRE_STATUS = casesOf("prometheus", STATUSES, CONNECTION, BODIES);
