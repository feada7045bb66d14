import { send } from "./api.ts";
import { byId } from "./dom.ts";

/** Translates what is in the box. */
export async function translate(): Promise<void> {
  const text = byId("message", HTMLTextAreaElement).value;
  const { translation } = (await (await send("/api/translate/translate", { text })).json()) as { translation: string };
  byId("translation").textContent = translation;
}
