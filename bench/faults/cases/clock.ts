/** Cases with clocks that disagree: Prometheus' clock through a proxy, ours in the process itself. */
import { type ExpectedResult, failed, scaled } from "../fault-case.ts";
import { on, put, type WireFault } from "../wire.ts";
import { casesOf, type Line } from "./lines.ts";

const clock = (change: (now: number) => unknown): Line[2] => ({ prometheus: on(/vector\(1\)/, at(change)) });
const at = (change: (now: number) => unknown): WireFault => put("data.result[0].value[0]", change);
/** Its data are asked for at its own time: none, or old ones. */
const holds: ExpectedResult = { exit: 0, outcomes: [{ action: "held" }] };
const DAY = 86_400;

const PROMETHEUS: readonly Line[] = [
  ["Prometheus' clock a minute ahead of its samples", { exit: 0, replicas: [5, 8] }, clock((now) => now + 60)],
  ["Prometheus' clock an hour ahead", holds, clock((now) => now + 3600)],
  ["Prometheus' clock two days ahead", holds, clock((now) => now + 2 * DAY)],
  ["Prometheus' clock a minute behind", holds, clock((now) => now - 60)],
  ["Prometheus' clock a day behind", holds, clock((now) => now - DAY)],
  ["Prometheus' clock in milliseconds", failed(/not a time in seconds/), clock((now) => now * 1000)],
  ["Prometheus' clock at 0", failed(/not a time in seconds/), clock(() => 0)],
  ["Prometheus' clock negative", failed(/not a time in seconds/), clock((now) => -now)],
  ["Prometheus' clock at 1e300", failed(/not a time in seconds/), clock(() => 1e300)],
  ["Prometheus' clock null", failed(/./), clock(() => null)],
  ["Prometheus' clock a text", failed(/./), clock(() => "now")],
  [
    "Prometheus' clock without an answer",
    failed(/empty answer/),
    {
      prometheus: on(/vector\(1\)/, put("data.result", [])),
    },
  ],
];

const OURS: readonly Line[] = [
  ["our clock 90 seconds ahead", scaled(5), { clock: 90 }],
  ["our clock 90 seconds behind", scaled(5), { clock: -90 }],
  ["our clock two days ahead", scaled(5), { clock: 2 * DAY }],
  ["our clock two days behind", scaled(5), { clock: -2 * DAY }],
  ["our clock at 1970", scaled(5), { clock: -1_700_000_000 }],
  ["our clock in 2100", scaled(5), { clock: 2_400_000_000 }],
  [
    "our clock ahead, and Prometheus away",
    failed(/ECONNREFUSED/),
    { clock: 2 * DAY, settings: { prometheus: { url: "http://127.0.0.1:9" } } },
  ],
  [
    "our clock behind, and Prometheus away",
    failed(/ECONNREFUSED/),
    { clock: -2 * DAY, settings: { prometheus: { url: "http://127.0.0.1:9" } } },
  ],
];

/** The cases of the kind `clock`: clocks that disagree. */
export const CLOCK = casesOf("clock", PROMETHEUS, OURS);
