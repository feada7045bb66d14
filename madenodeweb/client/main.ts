import { showCat } from "./cat.ts";
import { byId } from "./dom.ts";
import { askHealth, renderHealth, SERVICES } from "./health.ts";
import { Panel } from "./panel.ts";
import { ping } from "./ping.ts";
import { translate } from "./translate.ts";
import { addWidget, listWidgets } from "./widgets.ts";

/** Milliseconds from one round of asking to the next. */
const PAUSE = 2500;

const panels = {
  ping: new Panel("ping", ping, { always: true }),
  cats: new Panel("cats", showCat),
  widgets: new Panel("widgets", listWidgets),
  translate: new Panel("translate", translate),
};

byId("ping-button").addEventListener("click", () => {
  // The pings that nobody asked for are not read aloud; this one is.
  void panels.ping.attempt(ping).then(() => (byId("ping-said").textContent = byId("ping-result").textContent));
});

byId("cat-button").addEventListener("click", () => void panels.cats.attempt(showCat));

byId("translate-form").addEventListener("submit", (event) => {
  event.preventDefault();
  void panels.translate.attempt(translate);
});

const widgetForm = byId("widget-form", HTMLFormElement);
widgetForm.addEventListener("submit", (event) => {
  event.preventDefault();
  void panels.widgets.attempt(() => addWidget(widgetForm));
});

/** Resolves when somebody sees the page: one that nobody sees asks nothing. */
function seen(): Promise<void> {
  return new Promise((resolve) => {
    if (document.hidden) {
      document.addEventListener(
        "visibilitychange",
        () => {
          resolve();
        },
        { once: true },
      );
    } else {
      resolve();
    }
  });
}

// Not after the first news of the services' health: those may have to wait for one that does not answer.
await Promise.all(Object.values(panels).map((panel) => panel.begin()));

for (;;) {
  await seen();
  const all = await askHealth();
  renderHealth(all);
  await Promise.all(SERVICES.map((name) => panels[name].hear(all[name])));
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}
