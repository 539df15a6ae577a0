/** Cases with faulty answers of the API server, through a proxy: reading replicas and state, claiming, writing and Events. */
import { type ExpectedResult, failed, held, scaled } from "../fault-case.ts";
import { body, edit, first, hang, late, lost, on, put, reply, reset, status, type WireFault } from "../wire.ts";
import { CANARIES } from "../world.ts";
import { casesOf, FEW, type Line } from "./lines.ts";

const READ = /^GET .*\/scale/;
const WRITE = /^PATCH .*\/scale/;
const STATE = /^GET .*\/configmaps\//;
const CLAIM = /^PATCH .*\/configmaps\//;
const WORKLOAD = /^GET .*\/deployments\/[^/]*( |\?|$)/;
const HPAS = /^GET .*\/horizontalpodautoscalers/;
const EVENT = /^(POST|PATCH) .*\/events/;

/** Only what the minimal Role allows. */
const PLAIN = { settings: { kubernetes: { detectScalers: false, events: false } } } as const;
const at = (what: RegExp, fault: WireFault): Line[2] => ({ api: on(what, fault) });
const plain = (what: RegExp, fault: WireFault): Line[2] => ({ ...PLAIN, ...at(what, fault) });
const no = (code: number, reason: string, message = "no"): WireFault =>
  status(code, JSON.stringify({ kind: "Status", status: "Failure", reason, message, code }));
/** The replicas cannot be read: nothing is done. */
const unread = (says: RegExp): ExpectedResult => failed(says);
const flood = function* () {
  for (let i = 0; i < 960; i++) yield "[".repeat(65_536);
};

const READS: readonly Line[] = [
  ["the scale: 401", unread(/401/), plain(READ, no(401, "Unauthorized"))],
  ["the scale: 403", unread(/403 Forbidden/), plain(READ, no(403, "Forbidden"))],
  ["the scale: 404", unread(/404/), plain(READ, no(404, "NotFound"))],
  ["the scale: 410", unread(/410/), plain(READ, no(410, "Gone"))],
  ["the scale: 429 for ever", unread(/429/), plain(READ, no(429, "TooManyRequests"))],
  ["the scale: 429 once", scaled(5), { ...PLAIN, api: first(1, READ, no(429, "TooManyRequests")) }],
  ["the scale: 500 for ever", unread(/500/), plain(READ, no(500, "InternalError"))],
  ["the scale: 503 once", scaled(5), { ...PLAIN, api: first(1, READ, no(503, "ServiceUnavailable")) }],
  ["the scale: 504 for ever", unread(/504/), plain(READ, no(504, "Timeout"))],
  ["the scale: a page", unread(/NotJson/), plain(READ, body("<html>gateway</html>"))],
  ["the scale: an empty body", unread(/NotJson|Malformed|empty/), plain(READ, body(""))],
  ["the scale: null", unread(/./), plain(READ, body("null"))],
  ["the scale: a list", unread(/./), plain(READ, body("[]"))],
  [
    "the scale: cut",
    unread(/ECONNRESET|aborted/),
    plain(READ, reply({ body: '{"spec":{"replicas":8}}'.padEnd(900), end: "cut" })),
  ],
  ["the scale: reset", unread(/ECONNRESET|hang up/), plain(READ, reset)],
  ["the scale: reset once", scaled(5), { ...PLAIN, api: first(1, READ, reset) }],
  ["the scale: hangs", unread(/no answer within|time of the run/), plain(READ, hang)],
  ["the scale: half a second late", scaled(5), plain(READ, late(500))],
  [
    "the scale: negative replicas",
    unread(/replicas must be a whole number from 0, got -1/),
    plain(READ, put("spec.replicas", -1)),
  ],
  [
    "the scale: a text for replicas",
    unread(/replicas must be a whole number from 0, got "8"/),
    plain(READ, put("spec.replicas", "8")),
  ],
  [
    "the scale: half a replica",
    unread(/replicas must be a whole number from 0, got 7.5/),
    plain(READ, put("spec.replicas", 7.5)),
  ],
  ["the scale: 1e9 replicas, which it has not", failed(/422/), plain(READ, put("spec.replicas", 1e9))],
  ["the scale: replicas of another moment", failed(/422/), plain(READ, put("spec.replicas", 12))],
  ["the scale: 60 MB", unread(/larger than/), plain(READ, body(flood))],
  ["the workload: 403", scaled(5), at(WORKLOAD, no(403, "Forbidden"))],
  ["the workload: 500", scaled(5), at(WORKLOAD, no(500, "InternalError"))],
  ["the workload: a page", scaled(5), at(WORKLOAD, body("<html>"))],
  ["the workload: null", scaled(5), at(WORKLOAD, body("null"))],
  ["the workload: hangs", scaled(5), at(WORKLOAD, hang)],
  [
    "the workload: in a rollout",
    held("RolloutInProgress"),
    at(
      WORKLOAD,
      edit((json) => ({ ...json, status: { replicas: 8, updatedReplicas: 3 } })),
    ),
  ],
  ["the HPAs: 403", scaled(5), at(HPAS, no(403, "Forbidden"))],
  ["the HPAs: 500", scaled(5), at(HPAS, no(500, "InternalError"))],
  ["the HPAs: items of null", scaled(5), at(HPAS, put("items", [null, null]))],
  ["the HPAs: pages without an end", scaled(5), at(HPAS, put("metadata.continue", "more"))],
  ["everything is refused: 401", unread(/401/), { api: no(401, "Unauthorized") }],
  ["everything hangs", unread(/no answer|time of the run/), { api: hang, settings: { timeout: 4 } }],
  ["everything is reset", unread(/ECONNRESET|hang up/), { api: reset }],
  ["everything is throttled", unread(/429/), { api: status(429, "", { "retry-after": "3600" }) }],
];

const STATES: readonly Line[] = [
  ["reading the state: 403", failed(/403/), at(STATE, no(403, "Forbidden"))],
  ["reading the state: 500 for ever", failed(/500/), at(STATE, no(500, "InternalError"))],
  ["reading the state: 503 once", scaled(5), { api: first(1, STATE, no(503, "ServiceUnavailable")) }],
  ["reading the state: hangs", failed(/no answer|time of the run/), at(STATE, hang)],
  ["reading the state: a page", failed(/NotJson/), at(STATE, body("<html>"))],
  ["reading the state: null", failed(/./), at(STATE, body("null"))],
  [
    "reading the state: no resourceVersion",
    failed(/no resourceVersion/),
    at(
      STATE,
      edit((json) => void delete json.metadata.resourceVersion),
    ),
  ],
  [
    "reading the state: a number for the annotation",
    failed(/not a text/),
    at(STATE, put("metadata.annotations", { "prophet-autoscaler/last-forecast": 7 })),
  ],
  ["reading the state: 60 MB", failed(/larger than/), at(STATE, body(flood))],
  ["the claim: 403", failed(/403/), at(CLAIM, no(403, "Forbidden"))],
  ["the claim: 409 where nobody else wrote", failed(/409/), { api: first(1, CLAIM, no(409, "Conflict")) }],
  ["the claim: 409 for ever", failed(/409/), at(CLAIM, no(409, "Conflict"))],
  ["the claim: 413", failed(/413/), at(CLAIM, no(413, "RequestEntityTooLarge"))],
  ["the claim: 422", failed(/422/), at(CLAIM, no(422, "Invalid"))],
  ["the claim: 500 for ever", failed(/500/), at(CLAIM, no(500, "InternalError"))],
  ["the claim: 503, which is not tried again", failed(/503/), { api: first(1, CLAIM, no(503, "ServiceUnavailable")) }],
  ["the claim: its answer is lost", scaled(5), { api: first(1, CLAIM, lost) }],
  ["the claim: reset before", { exit: 1, outcomes: [{ action: "failed" }] }, at(CLAIM, reset)],
  ["the claim: hangs", failed(/no answer|time of the run/), at(CLAIM, hang)],
  ["the claim: a page with 200", failed(/NotJson/), at(CLAIM, body("<html>ok</html>"))],
  [
    "the claim: 200, and it is not stored",
    failed(/without the state/),
    at(
      CLAIM,
      edit((json) => void delete json.metadata.annotations),
    ),
  ],
  [
    "the claim: a Failure with 200",
    failed(/quota/),
    at(CLAIM, body('{"kind":"Status","status":"Failure","message":"quota","code":403}')),
  ],
];

const WRITES: readonly Line[] = [
  ["the write: 403", failed(/403/), at(WRITE, no(403, "Forbidden"))],
  ["the write: 403, too few replicas", failed(/403/), { ...FEW, ...at(WRITE, no(403, "Forbidden")) }],
  ["the write: 404", failed(/404/), at(WRITE, no(404, "NotFound"))],
  ["the write: 409 for ever", failed(/409/), at(WRITE, no(409, "Conflict"))],
  ["the write: 422, nothing moved", failed(/policy says no/), at(WRITE, no(422, "Invalid", "policy says no"))],
  ["the write: 429 once", scaled(5), { api: first(1, WRITE, no(429, "TooManyRequests")) }],
  ["the write: 500", failed(/500/), at(WRITE, no(500, "InternalError"))],
  ["the write: 503, which is not tried again", failed(/503/), { api: first(1, WRITE, no(503, "ServiceUnavailable")) }],
  ["the write: its answer is lost", scaled(5), { api: first(1, WRITE, lost) }],
  [
    "the write: done, and answered with 504",
    scaled(5),
    at(WRITE, async ({ forward }) => ({ ...(await forward()), status: 504, body: "" })),
  ],
  ["the write: reset before", failed(/ECONNRESET|hang up/), at(WRITE, reset)],
  ["the write: hangs", failed(/no answer|time of the run/), at(WRITE, hang)],
  [
    "the write: 200 with the replicas unchanged",
    failed(/8 instead of 5/),
    at(WRITE, body('{"kind":"Scale","spec":{"replicas":8}}')),
  ],
  [
    "the write: 200 with other replicas",
    failed(/6 instead of 5.*not known/),
    at(WRITE, body('{"kind":"Scale","spec":{"replicas":6}}')),
  ],
  [
    "the write: a Failure with 200",
    failed(/quota/),
    at(WRITE, body('{"kind":"Status","status":"Failure","message":"quota","code":403}')),
  ],
  ["the write: a page with 200", failed(/NotJson/), at(WRITE, body("<html>ok</html>"))],
  ["the write: 60 MB as a refusal", failed(/403|larger/), at(WRITE, reply({ status: 403, body: flood }))],
  [
    "the write: a refusal that echoes the token",
    failed(/403/),
    at(WRITE, no(403, "Forbidden", `Bearer ${CANARIES.kubernetes} \u001b[31m\u202e\nERROR forged`)),
  ],
  [
    "the read: a refusal that echoes the token",
    failed(/401/),
    plain(
      READ,
      no(
        401,
        "Unauthorized",
        `token ${CANARIES.kubernetes} and ${Buffer.from(CANARIES.kubernetes).toString("base64")}`,
      ),
    ),
  ],
];

const EVENTS: readonly Line[] = [
  ["Events: 403", scaled(5), at(EVENT, no(403, "Forbidden"))],
  ["Events: 404", scaled(5), at(EVENT, no(404, "NotFound"))],
  ["Events: 500", scaled(5), at(EVENT, no(500, "InternalError"))],
  ["Events: throttled", scaled(5), at(EVENT, no(429, "TooManyRequests"))],
  ["Events: reset", scaled(5), at(EVENT, reset)],
  ["Events: hang", scaled(5), at(EVENT, hang)],
  ["Events: a page", scaled(5), at(EVENT, body("<html>"))],
];

/** The cases of the kind `kubernetes` whose answers the proxy changes. */
export const KUBERNETES_WIRE = casesOf("kubernetes", READS, STATES, WRITES, EVENTS);
