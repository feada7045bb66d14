import { ask } from "./api.ts";
import { byId } from "./dom.ts";

export const SERVICES = ["ping", "cats", "widgets", "translate"] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface Health {
  readonly status: "up" | "down" | "unknown";
  readonly latency_ms?: number;
  readonly reason?: string;
}

export type AllHealth = Record<ServiceName, Health>;

const UNKNOWN: Health = { status: "unknown" };

/** Every service's health; unknown, when not even the page's own server answers. */
export async function askHealth(): Promise<AllHealth> {
  try {
    const { services } = (await (await ask("/api/health")).json()) as { services: AllHealth };
    return services;
  } catch {
    return { ping: UNKNOWN, cats: UNKNOWN, widgets: UNKNOWN, translate: UNKNOWN };
  }
}

export function renderHealth(all: AllHealth): void {
  for (const name of SERVICES) {
    const health = all[name];
    const item = byId(`service-${name}`);
    item.dataset["status"] = health.status;
    const text = item.querySelector(".service-status");
    if (text) {
      text.textContent = inWords(health);
    }
  }
  const overall = byId("overall");
  const sentence = overallSentence(all);
  // Only what has changed: a status that is written again may be read aloud again.
  if (overall.textContent !== sentence) {
    overall.textContent = sentence;
  }
  byId("hull").dataset["down"] = String(SERVICES.filter((name) => all[name].status !== "up").length);
}

function inWords({ status, latency_ms, reason }: Health): string {
  if (status === "down" && reason) {
    return `down, ${reason}`;
  }
  if (status === "up" && latency_ms !== undefined) {
    return `up, ${latency_ms.toFixed(1)} ms`;
  }
  return status;
}

export function overallSentence(all: AllHealth): string {
  if (SERVICES.some((name) => all[name].status === "unknown")) {
    return "The page's own server does not answer.";
  }
  const down = SERVICES.filter((name) => all[name].status === "down").map(nameOf);
  if (down.length === 0) {
    return "All services are up.";
  }
  return `${new Intl.ListFormat("en").format(down)} ${down.length === 1 ? "is" : "are"} down.`;
}

/** A service as the page calls it. */
function nameOf(name: ServiceName): string {
  return byId(`service-${name}`).querySelector(".service-name")?.textContent ?? name;
}
