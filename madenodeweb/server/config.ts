/** A service behind the page, by the name it has under `/api/`. */
export interface Service {
  readonly name: string;
  readonly url: URL;
  /** The path that says whether it can do its work. */
  readonly health: string;
}

export interface Config {
  readonly port: number;
  readonly services: readonly Service[];
  /** Milliseconds that a service may take, from the first packet to the last byte of its answer. */
  readonly timeout: number;
}

/** Milliseconds for a request to arrive whole. */
export const ARRIVED_WITHIN = 5000;

/** Milliseconds for a service to answer it, unless `Config` says otherwise. */
export const ANSWERED_WITHIN = 2000;

/** Milliseconds for both, after the signal to stop: less than the 10 s after which Docker kills. */
export const DRAINED_WITHIN = 8000;

const SERVICES = [
  { name: "ping", variable: "PING_URL", url: "http://ping:8080", health: "/healthz" },
  { name: "cats", variable: "CATWEB_URL", url: "http://catweb:5000", health: "/healthz" },
  // /healthz says that the process lives; without its database it is of no use to the page.
  { name: "widgets", variable: "WIDGETS_URL", url: "http://widgets:5000", health: "/readyz" },
  { name: "translate", variable: "TRANSLATE_URL", url: "http://translate:8080", health: "/healthz" },
];

/** What the environment says. An empty variable counts as unset, because compose passes those on. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  return {
    port: readPort(environment["PORT"] || "8080"),
    services: SERVICES.map(({ name, variable, url, health }) => ({
      name,
      url: readUrl(variable, environment[variable] || url),
      health,
    })),
    timeout: ANSWERED_WITHIN,
  };
}

export function readPort(text: string): number {
  const port = Number(text);
  if (!/^[0-9]+$/.test(text) || port < 1 || port > 65535) {
    throw new Error(`PORT is "${text}", but a port is a number from 1 to 65535`);
  }
  return port;
}

function readUrl(variable: string, text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" || url.search || url.hash) {
    throw new Error(`${variable} is "${text}", but a service's address is like http://host:8080`);
  }
  return url;
}
