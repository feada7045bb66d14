import { ask } from "./ask.ts";
import type { Config, Service } from "./config.ts";
import { reason } from "./problems.ts";

export interface Health {
  readonly status: "up" | "down";
  readonly latency_ms: number;
  /** Why it is down. */
  readonly reason?: string;
}

/** Every service's health, asked for side by side. */
export async function health({ services, timeout }: Config): Promise<Record<string, Health>> {
  return Object.fromEntries(
    await Promise.all(services.map(async (service) => [service.name, await healthOf(service, timeout)] as const)),
  );
}

async function healthOf(service: Service, timeout: number): Promise<Health> {
  const begun = performance.now();
  const latency = (): number => Math.round((performance.now() - begun) * 10) / 10;
  try {
    const answer = await ask(service, { method: "GET", path: service.health, signal: AbortSignal.timeout(timeout) });
    // Nobody reads the body: the status says it all.
    answer.destroy();
    return answer.statusCode === 200
      ? { status: "up", latency_ms: latency() }
      : { status: "down", latency_ms: latency(), reason: `answers ${String(answer.statusCode)}` };
  } catch (error) {
    return { status: "down", latency_ms: latency(), reason: reason(error) };
  }
}
