export function byId(id: string): HTMLElement;
export function byId<T extends Element>(id: string, type: new () => T): T;
/** The page's element of an id; it is a mistake in the page when it is missing or of another type. */
export function byId(id: string, type: new () => Element = HTMLElement): Element {
  const element = document.getElementById(id);
  if (!(element instanceof type)) {
    throw new Error(`the page has no #${id} that is a ${type.name}`);
  }
  return element;
}
