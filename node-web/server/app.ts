import { sep } from "node:path";
import type { Writable } from "node:stream";
import files from "@fastify/static";
import { fastify, type FastifyInstance, LogController } from "fastify";
import { ARRIVED_WITHIN, type Config } from "./config.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { health } from "./health.ts";
import { problem } from "./problems.ts";
import { proxy } from "./proxy.ts";

/** The translator takes texts of 1 MiB; JSON may spell them longer. */
const LARGEST_BODY = 2 * 1024 * 1024;

const YEAR = 365 * 24 * 60 * 60;

export interface Options {
  /** The folder of the built page; without it, only the API is served, and Vite serves the page. */
  readonly assets?: string;
  readonly log?: Writable;
}

/** The whole server, without a listener. */
export function createApp(config: Config, { assets, log = process.stdout }: Options = {}): FastifyInstance {
  const app = fastify({
    bodyLimit: LARGEST_BODY,
    requestTimeout: ARRIVED_WITHIN,
    // What is still asked while the server drains is answered, and its connection closed.
    return503OnClosing: false,
    // One line a request, below, instead of two.
    logController: new LogController({ disableRequestLogging: true }),
    logger: {
      base: null,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      stream: log,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
    },
  });

  app.addHook("onSend", (_request, reply, _payload, done) => {
    reply.headers(SECURITY_HEADERS);
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    request.log.info(
      {
        method: request.method,
        // Without the query, which is what people wrote.
        path: request.originalUrl.replace(/\?.*/s, ""),
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
        client: request.ip,
      },
      "request",
    );
    done();
  });
  app.setNotFoundHandler((_request, reply) => problem(reply, 404, "there is nothing here"));
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 413) {
      // Open until all of it has come: closed before, the connection is reset, and the answer lost on its way.
      reply.header("connection", "keep-alive");
    }
    if (status < 500) {
      return problem(reply, status, error.message);
    }
    request.log.error(error);
    return problem(reply, status, "the server failed; its log says why");
  });

  // Asked every few seconds: not a line each.
  const quiet = { logLevel: "warn" } as const;
  app.get("/healthz", quiet, () => ({ status: "ok" }));
  app.get("/api/health", quiet, async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return { services: await health(config) };
  });

  void app.register((scope, _options, done) => {
    proxy(scope, config);
    done();
  });

  if (assets !== undefined) {
    void app.register(files, {
      root: assets,
      cacheControl: false,
      preCompressed: true,
      setHeaders: (reply, path) => {
        // A hashed name never changes its content; every other name may.
        const hashed = path.startsWith(`${assets}${sep}assets${sep}`);
        reply.header("cache-control", hashed ? `public, max-age=${String(YEAR)}, immutable` : "no-cache");
      },
    });
  }

  return app;
}
