/** The Transport by node:http, for the API server of a fleet: it takes a third of axios' CPU time per request. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { HttpResponse, Transport } from "./exchange.ts";

/** Sends by node:http or node:https. */
export const nodeTransport: Transport = ({ method, url, headers, body, agent }, signal) =>
  new Promise<HttpResponse>((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const options = { agent, method, headers: { ...headers, ...length }, signal };
    const send = url.startsWith("http:") ? httpRequest : httpsRequest;
    const request = send(url, options, (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response });
    });
    // before any byte of an answer: whether the connection was a kept one decides what may be sent again
    request.on("error", (error) => reject(Object.assign(error, { reusedSocket: request.reusedSocket })));
    // 101 has neither an answer nor an error
    request.on("close", () => reject(new Error("the connection ended without an answer")));
    request.end(body);
  });
