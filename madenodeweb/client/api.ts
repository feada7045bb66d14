/** Milliseconds until the page gives an answer up; the server gives a service up well before that. */
const ANSWERED_WITHIN = 5000;

export interface FieldError {
  /** Where in the request's document: `#/name`. */
  readonly pointer: string;
  readonly detail: string;
}

/** An answer that is none, or no good one, with a sentence for people. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly errors: readonly FieldError[];

  constructor(message: string, errors: readonly FieldError[] = []) {
    super(message);
    this.errors = errors;
  }
}

/**
 * The answer to a request to the page's own server.
 *
 * @throws {Failure} it did not come, or is an error.
 */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(ANSWERED_WITHIN), ...init });
  } catch {
    throw new Failure("the page's own server does not answer");
  }
  if (!response.ok) {
    throw await failure(response);
  }
  return response;
}

/** Sends a document; otherwise as `ask`. */
export function send(path: string, document: unknown): Promise<Response> {
  return ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(document),
  });
}

/** What an error says of itself: a problem document (RFC 9457), the translator's own form, or only its status. */
async function failure(response: Response): Promise<Failure> {
  const otherwise = `the answer is ${String(response.status)}`;
  try {
    const { detail, error, errors } = (await response.json()) as {
      detail?: string;
      error?: string;
      errors?: FieldError[];
    };
    return new Failure(detail ?? error ?? otherwise, errors);
  } catch {
    return new Failure(otherwise);
  }
}
