/** A proxy before a real server, and the faults that it can add to a call. */
import { type FakeServer, fakeServer, type ReceivedRequest, type Reply } from "../../test/fault/server.ts";
import { type ApiAnswer, type Client, isReply } from "./client.ts";

/** Answers a call in place of the real server. Undefined: the call goes through unchanged. `forward` asks the real server. */
export type WireFault = (call: WireCall) => Reply | Promise<Reply> | undefined;

/** A call that reached the proxy. */
export interface WireCall extends ReceivedRequest {
  /** Method, URL and body, decoded, in one text to match. */
  readonly text: string;
  /** How many calls of the run have come, from 1. */
  readonly number: number;
  forward(): Promise<Reply>;
}

/** A call with the status of the real server's answer. It is 0 where that was not asked, or gave none. */
export interface Passed {
  readonly text: string;
  readonly status: number;
}

/** A proxy. `fault` and `passed` belong to the case that runs. */
export interface Relay {
  readonly url: string;
  fault: WireFault | undefined;
  passed: Passed[];
  stop(): Promise<void>;
}

/** Starts a proxy on the loopback in front of the server that `client` asks. */
export async function startRelay(client: Client): Promise<Relay> {
  const relay: Pick<Relay, "fault" | "passed"> = { fault: undefined, passed: [] };
  const server: FakeServer = await fakeServer(async (seen) => {
    const { fault, passed } = relay;
    const text = decoded(seen);
    const number = passed.push({ text, status: 0 });
    const forward = async (): Promise<Reply> => {
      const answer = await client(seen).catch((): ApiAnswer => ({ status: 0, headers: {}, body: "" }));
      passed[number - 1] = { text, status: answer.status };
      return answer.status === 0 ? { end: "silent" } : answer;
    };
    return (await fault?.({ ...seen, text, number, forward })) ?? (await forward());
  });
  return Object.assign(relay, { url: server.url, stop: server.stop });
}

/** A query stands in a form, or, where a gateway refuses POST, in the URL. */
function decoded({ method, url, body }: ReceivedRequest): string {
  const form = (text: string) => [...new URLSearchParams(text).values()].join(" ");
  const [path, search = ""] = url.split("?");
  const said = /^[\w.]+=/.test(body) ? form(body) : body;
  return `${method} ${path}${search === "" ? "" : `?${search} ${form(search)}`} ${said}`;
}

/** Answers with this reply, without asking the real server. */
export const reply =
  (answer: Reply): WireFault =>
  () =>
    answer;

/** Answers with this status and body. */
export const status = (code: number, body = "", headers: Readonly<Record<string, string>> = {}): WireFault =>
  reply({ status: code, body, headers });

/** Answers 200 with this body. */
export const body = (text: Reply["body"], headers: Readonly<Record<string, string>> = {}): WireFault =>
  reply({ body: text ?? "", headers });

/** The fault for calls whose text matches; others go through. */
export const on =
  (what: RegExp, fault: WireFault): WireFault =>
  (call) =>
    what.test(call.text) ? fault(call) : undefined;

/** The fault for the first `times` calls that match; later ones go through. For one run only. */
export function first(times: number, what: RegExp, fault: WireFault): WireFault {
  let left = times;
  return (call) => (what.test(call.text) && left-- > 0 ? fault(call) : undefined);
}

/** The real server's answer with its JSON changed. */
export const edit =
  // biome-ignore lint/suspicious/noExplicitAny: faults reach into JSON of any shape
    (change: (json: any) => unknown): WireFault =>
    async ({ forward }) => {
      const answer = await forward();
      if (!isReply(answer)) return answer;
      const json: unknown = JSON.parse(answer.body);
      const changed = change(json);
      return { ...answer, body: typeof changed === "string" ? changed : JSON.stringify(changed ?? json) };
    };

/**
 * The real server's answer with another value at a place such as `data.result[0].values`. A function makes the new value from the old
 * one.
 */
export function put(place: string, value: unknown): WireFault {
  const keys = place.split(/[.[\]]+/).filter((key) => key !== "");
  return edit((json) => {
    const holder = keys.slice(0, -1).reduce((at, key) => at[key], json);
    const last = keys.at(-1) ?? "";
    holder[last] = typeof value === "function" ? value(holder[last]) : value;
  });
}

/** The real server does what is asked, and its answer is lost. */
export const lost: WireFault = async ({ forward }) => {
  await forward();
  return { end: "silent" };
};

/** No answer comes; the connection stays open. */
export const hang: WireFault = reply({ end: "hang" });
/** The connection is reset before any byte. */
export const reset: WireFault = reply({ end: "silent" });

/** The real server's answer, so many milliseconds late. */
export const late =
  (delay: number): WireFault =>
  async ({ forward }) => ({ ...(await forward()), delay });
