import { ask, Failure } from "./api.ts";
import { byId } from "./dom.ts";

export interface Cat {
  readonly source: string;
  readonly caption: string;
}

/** Fetches the service's page and shows the cat that is on it. */
export async function showCat(): Promise<void> {
  const { source, caption } = catOn(await (await ask("/api/cats/")).text());
  const picture = byId("cat", HTMLImageElement);
  picture.src = source;
  picture.alt = caption;
  picture.hidden = false;
  byId("cat-caption").textContent = caption;
}

/** The cat on the service's page, which is for people: its picture is the one from /cats/. */
export function catOn(html: string): Cat {
  const picture = new DOMParser()
    .parseFromString(html, "text/html")
    .querySelector('img[src*="/cats/"], img[src^="cats/"]');
  const file = picture?.getAttribute("src")?.split("/").at(-1);
  if (!file) {
    throw new Failure("there is no cat on the page");
  }
  return { source: `/api/cats/cats/${file}`, caption: picture?.getAttribute("alt") ?? "" };
}
