import { STATUS_CODES } from "node:http";
import type { FastifyReply } from "fastify";

/** Answers with a problem document (RFC 9457), as the services do. */
export function problem(reply: FastifyReply, status: number, detail: string): FastifyReply {
  return reply
    .code(status)
    .header("content-type", "application/problem+json")
    .send(JSON.stringify({ type: "about:blank", title: STATUS_CODES[status], status, detail }));
}

/** Why a service gave no answer, in words; the code is Node's. */
export function reason(error: unknown): string {
  if (error instanceof Error && error.name === "AbortError") {
    return "took too long";
  }
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  return REASONS[code] ?? `failed (${code})`;
}

const REASONS: Record<string, string | undefined> = {
  EAI_AGAIN: "has no address",
  ECONNREFUSED: "refuses connections",
  ECONNRESET: "broke off",
  EHOSTUNREACH: "is out of reach",
  ENOTFOUND: "has no address",
};
