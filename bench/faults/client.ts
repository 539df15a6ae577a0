/** An HTTP client of a real server that returns every answer whatever its status. */
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { ReceivedRequest, Reply } from "../../test/fault/server.ts";

/** An answer of any status. Header names are in lower case. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one request. It rejects only where no answer came. */
export type Client = (
  call: Pick<ReceivedRequest, "method" | "url" | "body"> & Partial<Pick<ReceivedRequest, "headers">>,
) => Promise<ApiAnswer>;

/** Headers that belong to one connection, or would have the body compressed. */
const OWN = new Set(["host", "connection", "content-length", "transfer-encoding", "accept-encoding", "keep-alive"]);

/** A client of the server at `base`. `token` gives the Authorization to send in place of the one that came. */
export function clientOf(base: string, ca?: Buffer, token?: (came: string | undefined) => string | undefined): Client {
  const tls = base.startsWith("https:");
  const agent = tls ? new HttpsAgent({ keepAlive: true, ca }) : new HttpAgent({ keepAlive: true });
  const ask = tls ? httpsRequest : httpRequest;
  return ({ method, url, body, headers = {} }) =>
    new Promise((resolve, reject) => {
      const authorization = token?.(headers.authorization) ?? headers.authorization;
      const sent = { ...kept(headers), ...(authorization === undefined ? {} : { authorization }) };
      const going = ask(new URL(url, base), { method, agent, headers: sent }, async (answer) => {
        const parts: Buffer[] = [];
        try {
          for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
        } catch (error) {
          return reject(error);
        }
        const text = Buffer.concat(parts).toString("utf8");
        resolve({ status: answer.statusCode ?? 0, headers: kept(answer.headers), body: text });
      });
      going.on("error", reject).end(body);
    });
}

function kept(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      OWN.has(name) || value === undefined ? [] : [[name, String(value)]],
    ),
  );
}

/** Whether a reply has a text that a fault can change. */
export function isReply(answer: Reply): answer is Reply & { readonly body: string } {
  return typeof answer.body === "string";
}
