import type { LookupAddress } from "node:dns";
import { lookup as find } from "node:dns/promises";
import { once } from "node:events";
import { type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import type { LookupFunction } from "node:net";
import type { Service } from "./config.ts";

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer | undefined;
  readonly signal: AbortSignal;
}

/**
 * A service's answer, its body still to be read.
 *
 * Every question has a connection of its own: on a network this near that costs less than handling the case that the
 * service closes an idle connection just when it is used again.
 */
export async function ask(
  service: Service,
  { method, path, headers, body, signal }: Question,
): Promise<IncomingMessage> {
  const outgoing = request(service.url, {
    method,
    path: service.url.pathname.replace(/\/$/, "") + path,
    headers: { ...headers, host: service.url.host },
    agent: false,
    lookup,
    signal,
  });
  const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
  // Once an answer has begun, its own stream tells what goes wrong; unheard here as well, it would end the process.
  outgoing.on("error", () => undefined);
  outgoing.end(body);
  const [incoming] = await answered;
  return incoming;
}

const underWay = new Map<string, Promise<LookupAddress[]>>();

/**
 * Looks a name up, but never twice at a time: a lookup can't be aborted and holds one of Node's few threads, and while
 * a name server is out of reach they would soon all be held, the threads that read the page's files among them.
 */
const lookup: LookupFunction = (host, _options, callback) => {
  let found = underWay.get(host);
  if (!found) {
    found = find(host, { all: true }).finally(() => underWay.delete(host));
    underWay.set(host, found);
  }
  found.then(
    (addresses) => {
      callback(null, addresses);
    },
    (error: unknown) => {
      callback(error as NodeJS.ErrnoException, []);
    },
  );
};
