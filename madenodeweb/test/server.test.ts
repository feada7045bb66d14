import { once } from "node:events";
import { createServer, type IncomingMessage, request, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { createApp } from "../server/app.ts";
import {
  ANSWERED_WITHIN,
  ARRIVED_WITHIN,
  type Config,
  DRAINED_WITHIN,
  readConfig,
  readPort,
} from "../server/config.ts";

const log = new Writable({
  write(_chunk, _encoding, done) {
    done();
  },
});

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** The page's server, with one service that answers as it is told. */
async function withService(listener: RequestListener, timeout = 300) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const config: Config = {
    port: 0,
    timeout,
    services: [{ name: "ping", url: new URL(`http://127.0.0.1:${String(port)}`), health: "/healthz" }],
  };
  return createApp(config, { log });
}

test("passes a request on to the service and its answer back", async () => {
  const app = await withService((request, response) => {
    response.setHeader("content-type", "text/plain").end(`asked for ${request.url ?? ""}`);
  });
  const answer = await app.inject("/api/ping/ping?x=1");
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toBe("asked for /ping?x=1");
});

test("takes no other spelling of a service's path: the service would get a path that is cut in its middle", async () => {
  const app = await withService((request, response) => response.end(request.url));
  expect((await app.inject("/api/p%69ng/ping")).statusCode).toBe(404);
});

test("takes a target with the host in front, as proxies write it", async () => {
  const app = await withService((request, response) => response.end(`asked for ${request.url ?? ""}`));
  const { port } = new URL(await app.listen({ port: 0, host: "127.0.0.1" }));
  const asked = request({ port, path: "http://page:8080/api/ping/ping?x=1" }).end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  expect(await text(answer)).toBe("asked for /ping?x=1");
  await app.close();
});

test("has time to answer whatever arrived before it was told to stop", () => {
  expect(ARRIVED_WITHIN + ANSWERED_WITHIN).toBeLessThan(DRAINED_WITHIN);
  expect(DRAINED_WITHIN).toBeLessThan(10_000);
});

test("says that a service is down, as a problem document", async () => {
  const app = await withService((_request, response) => response.destroy());
  const answer = await app.inject("/api/ping/ping");
  expect(answer.statusCode).toBe(502);
  expect(answer.headers["content-type"]).toContain("application/problem+json");
});

test("gives up a service that does not answer in time", async () => {
  const app = await withService(() => undefined, 100);
  const begun = performance.now();
  expect((await app.inject("/api/ping/ping")).statusCode).toBe(504);
  expect(performance.now() - begun).toBeLessThan(2000);
});

test.each([
  [200, "up"],
  [503, "down"],
])("shows a service that answers %i as %s", async (status, shown) => {
  const app = await withService((_request, response) => response.writeHead(status).end());
  const { services } = (await app.inject("/api/health")).json<{ services: Record<string, { status: string }> }>();
  expect(services["ping"]?.status).toBe(shown);
});

test("sets a strict content policy on every answer", async () => {
  const app = await withService((_request, response) => response.end());
  for (const path of ["/healthz", "/nowhere", "/api/ping/"]) {
    const { headers } = await app.inject(path);
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  }
});

test.each(["0", "65536", "http", "-1", "1.5"])("refuses PORT=%s and names it", (port) => {
  expect(() => readPort(port)).toThrow(`PORT is "${port}"`);
});

test("takes an empty variable for an unset one", () => {
  expect(readConfig({ PORT: "", PING_URL: "" }).port).toBe(8080);
});

test.each(["https://ping", "ping:8080", "http://ping/?x"])("refuses %s as a service's address", (url) => {
  expect(() => readConfig({ PING_URL: url })).toThrow("PING_URL");
});
