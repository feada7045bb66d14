import { Failure } from "./api.ts";
import { byId } from "./dom.ts";
import type { Health, ServiceName } from "./health.ts";

export interface PanelOptions {
  /** Whether it loads with every good news, and not only after bad ones. */
  readonly always?: boolean;
}

/** The part of the page that shows one service. While that is down, it goes on showing what it had. */
export class Panel {
  private readonly section: HTMLElement;
  private readonly notice: HTMLElement;
  private readonly load: () => Promise<void>;
  private readonly always: boolean;
  private current = false;

  /** `load` fetches and shows what the panel begins with. */
  constructor(name: ServiceName, load: () => Promise<void>, { always = false }: PanelOptions = {}) {
    this.section = byId(name);
    this.notice = byId(`${name}-notice`);
    this.load = load;
    this.always = always;
  }

  /** Does something that asks the service, and shows what goes wrong; whether it went well. */
  async attempt(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      this.tell("");
      return true;
    } catch (error) {
      if (error instanceof Failure) {
        this.tell(sentence(error.message));
      } else {
        console.error(error);
        this.tell("The answer makes no sense.");
      }
      return false;
    }
  }

  async begin(): Promise<void> {
    // Before it is true: news that come meanwhile begin nothing a second time.
    this.current = true;
    this.current = await this.attempt(this.load);
  }

  /** Takes in how the service is: it has gone, or is there (again) and is asked. */
  async hear({ status, reason }: Health): Promise<void> {
    this.section.dataset["status"] = status;
    if (status === "up") {
      if (this.always || !this.current) {
        await this.begin();
      }
      return;
    }
    this.current = false;
    this.tell(
      status === "down"
        ? `This service is down${reason ? `: it ${reason}` : ""}. It is asked again every few seconds.`
        : "The page's own server does not answer. It is asked again every few seconds.",
    );
  }

  private tell(text: string): void {
    // Only what has changed: a status that is written again may be read aloud again.
    if (this.notice.textContent !== text) {
      this.notice.textContent = text;
    }
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.?$/, ".");
}
