// The checkpoint app: which screen is shown, when is sent, what is said at the top.

import { ago } from "./ages";
import { Console } from "./console";
import { Enrolment, codeInAddress } from "./enrol";
import { persist } from "../kit/persist";
import { keepOffline } from "./installed";
import { titleOf } from "./kit";
import { byId, onClick, show, write } from "./page";
import { Phone } from "./phone";
import { Queue } from "./queue";
import { say } from "./say";
import { SettingsScreen } from "./settings-screen";
import { ShiftScreen } from "./shift-screen";

const SCREENS = ["start", "enrol", "console", "queue", "shift", "settings"] as const;
type Screen = (typeof SCREENS)[number];
const TICK_MS = 30_000;
const NOTE_MS = 6_000;

class App {
  private readonly console: Console;
  private readonly queue: Queue;
  private readonly shift: ShiftScreen;
  private readonly settings: SettingsScreen;
  private screen: Screen = "start";
  private noteTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly phone: Phone) {
    const tell = (words: string, isTrouble: boolean): void => this.tell(words, isTrouble);
    this.console = new Console(phone, (words, isTrouble) => {
      tell(words, isTrouble);
      void this.syncQuietly();
    });
    this.queue = new Queue(phone, () => this.sync());
    this.shift = new ShiftScreen(phone, tell);
    this.settings = new SettingsScreen(phone);
    const enrolment = new Enrolment(phone, () => this.enrolled(), tell);
    document.querySelectorAll<HTMLElement>("[data-go]").forEach((tab) => {
      tab.addEventListener("click", () => void this.go(tab.dataset["go"] as Screen));
    });
    addEventListener("online", () => void this.syncQuietly());
    addEventListener("offline", () => void this.drawState());
    addEventListener("beforeunload", (event) => {
      if (this.isHolding) event.preventDefault();
    });
    setInterval(() => void this.syncQuietly(), TICK_MS);
    const code = codeInAddress();
    if (code) void enrolment.enrol(code);
  }

  private isHolding = false;

  async start(): Promise<void> {
    await this.go(this.phone.owner ? "console" : "enrol");
    await this.syncQuietly();
  }

  private async enrolled(): Promise<void> {
    await persist();
    await this.go("console");
    this.tell("", false);
    await this.syncQuietly();
  }

  private async go(screen: Screen): Promise<void> {
    this.screen = screen;
    SCREENS.forEach((each) => show(`screen-${each}`, each === screen));
    show("tabs", screen !== "enrol" && screen !== "start");
    document.querySelectorAll<HTMLElement>("[data-go]").forEach((tab) => {
      if (tab.dataset["go"] === screen) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    });
    if (screen !== "console") this.console.stop();
    await this.drawScreen();
    await this.drawState();
  }

  private async drawScreen(): Promise<void> {
    if (this.screen === "queue") await this.queue.draw();
    if (this.screen === "shift") this.shift.draw();
    if (this.screen === "settings") await this.settings.draw();
  }

  /** Keys first, so that checks are sent under the epoch that holds. */
  private async sync(): Promise<void> {
    try {
      await this.phone.refresh();
      if ((await this.phone.waiting()).waiting > 0) await this.phone.outbox.sync();
    } finally {
      await this.drawState();
    }
  }

  private async syncQuietly(): Promise<void> {
    if (!this.phone.owner) return;
    await this.drawState();
    // What went wrong stands in the state at the top and on the queue's screen; it is tried again by itself.
    if (navigator.onLine) await this.sync().catch(() => undefined);
    await this.drawScreen();
  }

  private tell(words: string, isTrouble: boolean): void {
    clearTimeout(this.noteTimer);
    write("note", words);
    show("note", words !== "");
    byId("note").classList.toggle("wrong", isTrouble);
    if (!isTrouble) this.noteTimer = setTimeout(() => show("note", false), NOTE_MS);
  }

  private async drawState(): Promise<void> {
    const { phone } = this;
    const now = phone.now();
    const waiting = await phone.waiting();
    const { owner, kept } = phone;
    this.isHolding = waiting.stranded > 0;
    const count = waiting.waiting + waiting.refused;
    write("place", owner ? titleOf(kept?.kit.checkpoint.name ?? owner.checkpoint.name) : say("title"));
    write("state-net", say(navigator.onLine ? "online" : "offline"));
    byId("state-net").dataset["state"] = navigator.onLine ? "done" : "unknown";
    write("state-unsent", waiting.oldestAt === null ? (owner ? say("all-sent") : "") : say("unsent", { n: count, at: ago(waiting.oldestAt, now) }));
    write("state-keys", kept ? say("keys-age", { at: ago(kept.confirmedAt, now) }) : "");
    write("tab-count", count === 0 ? "" : String(count));
    const alert = this.alertNow();
    write("alert", alert);
    show("alert", alert !== "");
  }

  private alertNow(): string {
    const { phone } = this;
    if (!phone.owner) return "";
    if (phone.isRevoked) return say("revoked");
    if (this.isHolding) return say("full");
    if (!phone.kept || !phone.trust) return say("no-kit");
    const { settings } = phone.kept.kit;
    if (phone.freshness === "stopped") return say("keys-stopped", { n: settings.stop_after_h });
    if (phone.freshness === "old") return say("keys-old", { n: settings.warn_after_h });
    const minutes = Math.round(Math.abs(phone.kept.clockAheadMs) / 60_000);
    return minutes >= 5 ? say("clock", { n: minutes }) : "";
  }
}

async function main(): Promise<void> {
  const app = new App(await Phone.open());
  await app.start();
  await keepOffline((change) => {
    show("update", true);
    onClick("do-update", change);
  }).catch(() => undefined);
}

main().catch((error: unknown) => {
  write("alert", say("broken", { n: String(error) }));
  show("alert", true);
});
