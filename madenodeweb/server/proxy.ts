import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ask } from "./ask.ts";
import type { Config } from "./config.ts";
import { problem, reason } from "./problems.ts";

/** What a service learns of a request. No cookies: a browser sends to localhost those of every other project on it. */
const PASSED_ON = [
  "accept",
  "accept-encoding",
  "accept-language",
  "content-type",
  "if-modified-since",
  "if-none-match",
];

/** What concerns one connection only (RFC 9110, 7.6.1), or is this server's to say. */
const KEPT_BACK = new Set([
  "connection",
  "keep-alive",
  "link",
  "proxy-authenticate",
  "proxy-connection",
  "server",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** `/api/NAME/rest` is `/rest` of the service NAME. */
export function proxy(app: FastifyInstance, { services, timeout }: Config): void {
  // Bodies pass through as they are, whatever they are.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, body);
  });

  for (const service of services) {
    const prefix = `/api/${service.name}`;
    app.route({
      method: ["GET", "HEAD", "POST"],
      url: `${prefix}/*`,
      handler: async (request, reply) => {
        // As it was written: the router goes by its decoded form, and takes one with a host in front too.
        const written = request.originalUrl.replace(/^https?:\/\/[^/?]*/i, "");
        if (!written.startsWith(`${prefix}/`)) {
          return problem(reply, 404, "there is nothing here");
        }
        // For the whole exchange: it also ends an answer that comes drop by drop.
        const signal = AbortSignal.timeout(timeout);
        let answer: IncomingMessage;
        try {
          answer = await ask(service, {
            method: request.method,
            path: written.slice(prefix.length),
            headers: passedOn(request),
            body: request.body as Buffer | undefined,
            signal,
          });
        } catch (error) {
          request.log.warn({ service: service.name, err: error }, "no answer");
          return problem(reply, signal.aborted ? 504 : 502, `${service.name} ${reason(error)}`);
        }
        return reply
          .code(answer.statusCode ?? 502)
          .headers(handedBack(answer, prefix))
          .send(answer);
      },
    });
  }
}

function passedOn(request: FastifyRequest): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { "x-forwarded-for": request.ip };
  for (const name of PASSED_ON) {
    const value = request.headers[name];
    if (value !== undefined) {
      headers[name] = value;
    }
  }
  return headers;
}

function handedBack(answer: IncomingMessage, prefix: string): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (!KEPT_BACK.has(name)) {
      headers[name] = value;
    }
  }
  const { location } = answer.headers;
  if (location?.startsWith("/")) {
    headers.location = prefix + location;
  }
  return headers;
}
