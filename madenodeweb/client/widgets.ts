import { ask, Failure, type FieldError, send } from "./api.ts";
import { byId } from "./dom.ts";

export interface Widget {
  readonly id: number;
  readonly name: string;
  readonly description: string;
}

/** How many of the newest are listed. */
const SHOWN = 100;

const WIDGETS = "/api/widgets/widgets";

/** Fetches and shows the newest widgets. The API lists the oldest first and tells with each list how many there are. */
export async function listWidgets(): Promise<void> {
  const total = Number((await ask(`${WIDGETS}?limit=1`)).headers.get("x-total-count"));
  const answer = await ask(`${WIDGETS}?limit=${String(SHOWN)}&offset=${String(Math.max(0, total - SHOWN))}`);
  renderWidgets(((await answer.json()) as Widget[]).reverse(), total);
}

export function renderWidgets(newest: readonly Widget[], total: number): void {
  byId("widget-count").textContent =
    total > newest.length ? `the newest ${String(newest.length)} of ${String(total)}` : String(total);
  byId("widget-list").replaceChildren(
    ...newest.map(({ id, name, description }) => {
      const item = document.createElement("li");
      item.append(
        element("span", "widget-name", name),
        element("span", "widget-id", `#${String(id)}`),
        element("span", "widget-description", description),
      );
      return item;
    }),
  );
}

function element(tag: string, name: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

/** Sends the form. What the API finds wrong is shown at the field that it is about; whatever else is thrown on. */
export async function addWidget(form: HTMLFormElement): Promise<void> {
  const { name = "", description = "" } = Object.fromEntries(new FormData(form)) as Record<string, string>;
  renderErrors(form, []);
  try {
    await send(WIDGETS, { name, description });
  } catch (error) {
    if (!(error instanceof Failure) || error.errors.length === 0) {
      throw error;
    }
    renderErrors(form, error.errors);
    return;
  }
  form.reset();
  byId("widget-result").textContent = `Added ${name}.`;
  await listWidgets();
}

/** Shows each error at its field, and what is about no field below the form; the first wrong field gets the focus. */
export function renderErrors(form: HTMLFormElement, errors: readonly FieldError[]): void {
  const elsewhere = new Set(errors);
  for (const input of form.querySelectorAll("input")) {
    const own = errors.filter(({ pointer }) => pointer === `#/${input.name}`);
    const label = input.labels?.[0]?.textContent ?? input.name;
    byId(`${input.id}-error`).textContent = own.map(({ detail }) => `${label} ${detail}.`).join(" ");
    input.setAttribute("aria-invalid", String(own.length > 0));
    own.forEach((error) => elsewhere.delete(error));
  }
  byId("widget-result").textContent = [...elsewhere].map(({ detail }) => `The widget ${detail}.`).join(" ");
  form.querySelector<HTMLInputElement>('[aria-invalid="true"]')?.focus();
}
