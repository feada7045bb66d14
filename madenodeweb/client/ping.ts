import { ask, Failure } from "./api.ts";
import { byId } from "./dom.ts";

/** How many soundings the chart shows. */
const SHOWN = 40;

const WIDTH = 320;
const HEIGHT = 64;
const SVG = "http://www.w3.org/2000/svg";

/** Milliseconds of the latest pings, oldest first; null where no answer came. */
const soundings: (number | null)[] = [];

/** Asks once and shows how long the answer took, as this browser sees it. */
export async function ping(): Promise<void> {
  const begun = performance.now();
  try {
    const { message } = (await (await ask("/api/ping/ping")).json()) as { message: string };
    const took = performance.now() - begun;
    record(took);
    byId("ping-result").textContent = `${message} in ${took.toFixed(1)} ms`;
  } catch (error) {
    record(null);
    if (error instanceof Failure) {
      byId("ping-result").textContent = "no answer";
    }
    throw error;
  }
}

function record(took: number | null): void {
  soundings.push(took);
  soundings.splice(0, soundings.length - SHOWN);
  renderSoundings(byId("soundings", SVGSVGElement), soundings);
  byId("ping-summary").textContent = summary(soundings);
}

export function summary(all: readonly (number | null)[]): string {
  const answered = all.filter((took) => took !== null).sort((a, b) => a - b);
  const middle = answered[Math.floor(answered.length / 2)];
  if (middle === undefined) {
    return "";
  }
  const lost = all.length - answered.length;
  return `median ${middle.toFixed(1)} ms of ${String(all.length)}${lost > 0 ? `, ${String(lost)} unanswered` : ""}`;
}

/** How deep a sounding goes, between 0 and 1: 1 ms is near the surface, a second is the ground. */
export function depth(took: number): number {
  return Math.min(1, Math.max(0.06, Math.log10(1 + took) / 3));
}

/** Draws the pings as an echo sounder does: the longer the echo takes, the deeper the line. */
export function renderSoundings(chart: SVGSVGElement, all: readonly (number | null)[]): void {
  const step = WIDTH / SHOWN;
  chart.replaceChildren(
    ...all.map((took, index) => {
      const bar = document.createElementNS(SVG, "rect");
      // The newest is always at the right edge.
      bar.setAttribute("x", String(WIDTH - (all.length - index) * step + step / 4));
      bar.setAttribute("width", String(step / 2));
      bar.setAttribute("height", String(took === null ? HEIGHT : depth(took) * HEIGHT));
      bar.setAttribute("class", took === null ? "lost" : "echo");
      return bar;
    }),
  );
}
