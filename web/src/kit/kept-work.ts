// Work that goes on where the network ends: entries are sealed to the server's key, kept, and sent by themselves later, exactly
// once. What was tapped cannot be read back on this phone; another account neither sees nor sends it.

import { word } from "../words";
import { saveFile } from "./file";
import { CallRefused, Outbox, type Answer, type Parcel } from "./outbox";
import { seal, type SealKey } from "./seal";
import { Server } from "./server";
import type { Store } from "./store";

export interface Kit {
  login: string;
  epoch: number;
  /** The server's time when the page was drawn. */
  now: number;
  seal_key: SealKey;
}

const TICK_MS = 20_000;
const MINUTE_MS = 60_000;

/** Hours and minutes on this phone's clock. */
export function clock(at: number): string {
  const date = new Date(at);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

/** What the page carries for its script. */
export const kitOf = <K extends Kit>(): K | null => JSON.parse(document.getElementById("kept-kit")?.textContent ?? "null") as K | null;

export class KeptWork {
  /** When a kept page came to this phone; nothing when the page is fresh. */
  readonly keptAt = Number(document.documentElement.dataset["kept"]) || null;
  /** How far the server's clock is ahead of this phone's. */
  readonly aheadMs: number;
  readonly outbox: Outbox;
  private readonly server = new Server(() => null);
  private trouble: string | null = null;

  /** `redraw` shows what waits and what came back. */
  constructor(
    private readonly kit: Kit,
    store: Store,
    private readonly name: string,
    private readonly redraw: (unsent: Parcel[], refused: Parcel[]) => void,
  ) {
    const ahead = kit.now - (this.keptAt ?? Date.now() - performance.now());
    this.aheadMs = Math.abs(ahead) < MINUTE_MS ? 0 : ahead;
    this.outbox = new Outbox(store, (sealed) => this.post(sealed), () => this.now());
  }

  now(): number {
    return Date.now() + this.aheadMs;
  }

  private async post(sealed: string[]): Promise<Answer> {
    return (await this.server.post<Answer>("/api/v1/entries", { sealed })).body;
  }

  async start(): Promise<void> {
    addEventListener("online", () => void this.sync());
    addEventListener("offline", () => void this.draw());
    document.getElementById("kept-send")?.addEventListener("click", () => void this.sync(true));
    document.querySelectorAll("[data-export]").forEach((button) => button.addEventListener("click", () => void this.export()));
    if (this.keptAt === null) await this.outbox.sawEpoch(this.kit.epoch);
    await this.sync();
    setInterval(() => void this.sync(), TICK_MS);
  }

  /** Seals an entry and keeps it. */
  async add(entry: { id: string; at: string }, about: string): Promise<void> {
    const sealed = await seal({ ...entry, by: this.kit.login }, this.kit.seal_key);
    await this.outbox.add(entry.id, Date.parse(entry.at), sealed, about);
  }

  /** Sends what waits; what stands in the way is said when somebody asked, or has to do something about it. */
  async sync(isAsked = false): Promise<void> {
    this.trouble = null;
    try {
      if (navigator.onLine || isAsked) await this.outbox.sync();
    } catch (error) {
      if (error instanceof CallRefused) this.trouble = error.code === "sign_in_needed" ? word("signedOut") : (error.hint ?? error.code);
      else if (isAsked) this.trouble = word("stillAway");
    }
    await this.draw();
  }

  /** A file that only the server can read. */
  private async export(): Promise<void> {
    const stamp = new Date(this.now()).toISOString().slice(0, 16).replace(/[T:]/g, "-");
    saveFile(`${this.name}-${stamp}.txt`, await this.outbox.exported());
  }

  async draw(): Promise<void> {
    const [unsent, refused] = [await this.outbox.unsent(), await this.outbox.refused()];
    const { stranded } = await this.outbox.waiting();
    this.drawUnsent(unsent, stranded);
    this.redraw(unsent, refused);
    const place = document.getElementById("kept-refused");
    if (place) place.hidden = refused.length === 0;
  }

  /** A refused one that its maker has dealt with otherwise. */
  async putAway(id: string): Promise<void> {
    await this.outbox.putAway(id);
    allRefusals(id).forEach((note) => note.remove());
    await this.draw();
  }

  private drawUnsent(unsent: Parcel[], stranded: number): void {
    const place = document.getElementById("kept-unsent");
    if (!place) return;
    const count = unsent.length + stranded;
    place.hidden = count === 0;
    const oldest = unsent[0];
    const said = place.querySelector("[data-said]");
    if (said && oldest) said.textContent = word("unsent").replace("{n}", String(count)).replace("{at}", clock(oldest.madeAt - this.aheadMs));
    else if (said) said.textContent = word("full");
    const why = place.querySelector<HTMLElement>("[data-trouble]");
    if (!why) return;
    why.hidden = this.trouble === null;
    why.textContent = this.trouble ?? "";
  }
}

/** The notes that say what was refused of one entry. */
export const allRefusals = (id: string): NodeListOf<Element> => document.querySelectorAll(`[data-refused="${id}"]`);

/** The server's reason, and a way to put it away; in the list above where the page has no place of its own for it. */
export function refusal(parcel: Parcel, element: "p" | "li", putAway: () => void): HTMLElement {
  const note = document.createElement(element);
  note.dataset["refused"] = parcel.id;
  note.className = "task-refused";
  note.setAttribute("role", "alert");
  const said = document.createElement("span");
  said.textContent = `${word("refused")} ${parcel.hint ?? parcel.code ?? ""} `;
  const away = document.createElement("button");
  away.type = "button";
  away.textContent = word("putAway");
  away.addEventListener("click", putAway);
  note.append(said, away);
  return note;
}

/** Puts a refusal in the list above. */
export function listRefusal(parcel: Parcel, putAway: () => void): void {
  document.querySelector("#kept-refused ul")?.appendChild(refusal(parcel, "li", putAway));
}
