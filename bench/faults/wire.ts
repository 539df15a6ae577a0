/** A proxy before a real server, and the faults that it can add to a call. */
import { type FakeServer, fakeServer, type ReceivedRequest, type Reply } from "../../test/fault/server.ts";
import { type ApiAnswer, type Client, isReply } from "./client.ts";

/** What happens to a call; undefined: it goes through as it is. `forward` asks the real server. */
export type WireFault = (call: WireCall) => Reply | Promise<Reply> | undefined;

export interface WireCall extends ReceivedRequest {
  /** Method, URL and body, decoded, in one text to match. */
  readonly text: string;
  /** How many calls of the run have come, from 1. */
  readonly number: number;
  forward(): Promise<Reply>;
}

/** A call with what the real server answered to it; 0 where it was not asked, or gave no answer. */
export interface Passed {
  readonly text: string;
  readonly status: number;
}

/** A proxy. `fault` and `passed` belong to the case under way. */
export interface Relay {
  readonly url: string;
  fault: WireFault | undefined;
  passed: Passed[];
  stop(): Promise<void>;
}

/** Starts a proxy on loopback before what `client` asks. */
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

/** Always this reply. */
export const reply =
  (answer: Reply): WireFault =>
  () =>
    answer;

/** A status with a body. */
export const status = (code: number, body = "", headers: Readonly<Record<string, string>> = {}): WireFault =>
  reply({ status: code, body, headers });

/** 200 with this body. */
export const body = (text: Reply["body"], headers: Readonly<Record<string, string>> = {}): WireFault =>
  reply({ body: text ?? "", headers });

/** Only calls whose text matches. */
export const on =
  (what: RegExp, fault: WireFault): WireFault =>
  (call) =>
    what.test(call.text) ? fault(call) : undefined;

/** Only the first `times` calls that match; those after go through. One run only. */
export function first(times: number, what: RegExp, fault: WireFault): WireFault {
  let left = times;
  return (call) => (what.test(call.text) && left-- > 0 ? fault(call) : undefined);
}

/** The real answer, changed. */
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

/** The real answer with another value at a place such as `data.result[0].values`; a function makes it of the old one. */
export function put(place: string, value: unknown): WireFault {
  const keys = place.split(/[.[\]]+/).filter((key) => key !== "");
  return edit((json) => {
    const holder = keys.slice(0, -1).reduce((at, key) => at[key], json);
    const last = keys.at(-1) ?? "";
    holder[last] = typeof value === "function" ? value(holder[last]) : value;
  });
}

/** The real server does it, and the answer is lost. */
export const lost: WireFault = async ({ forward }) => {
  await forward();
  return { end: "silent" };
};

export const hang: WireFault = reply({ end: "hang" });
export const reset: WireFault = reply({ end: "silent" });

/** The answer so many milliseconds late. */
export const late =
  (delay: number): WireFault =>
  async ({ forward }) => ({ ...(await forward()), delay });
