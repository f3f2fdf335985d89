// The counter at a door, where the network ends: every tap counts, is kept and sent later, exactly once; whether it is full is
// reckoned from the last figure that was known.

import { newId } from "../kit/ids";
import { isKeptSince, keepPage } from "../kit/kept-page";
import { KeptWork, allRefusals, clock, kitOf, listRefusal, type Kit } from "../kit/kept-work";
import type { Parcel } from "../kit/outbox";
import { persist } from "../kit/persist";
import { Store } from "../kit/store";
import { inside, isOver, read, sum, told, type Count, type Figure } from "./reckoning";

interface DoorKit extends Kit {
  venue: string;
  present: number;
  cap: number | null;
}

const REGISTERS = { in: "venue_in", out: "venue_out" };
/** A server that says nothing for so long is away: somebody stands at a door. */
const PATIENCE_MS = 6_000;
const AWAY = [502, 503, 504];

const value = (form: HTMLFormElement, name: string): string => form.querySelector<HTMLInputElement>(`input[name=${name}]`)?.value ?? "";

class Door {
  private readonly work: KeptWork;
  private readonly panel = document.getElementById("door-reckoned");
  private known: Figure;
  private counts: Count[] = [];
  /** A tap that would be over the cap counts when it is made again. */
  private warnedOf: HTMLFormElement | null = null;
  private isBusy = false;
  private waited = 0;

  constructor(
    private readonly kit: DoorKit,
    private readonly store: Store,
  ) {
    this.work = new KeptWork(kit, store, "door", (unsent, refused) => void this.redraw(unsent, refused));
    this.known = { present: kit.present, at: this.work.keptAt ?? Date.now() };
  }

  async start(): Promise<void> {
    if (this.work.keptAt !== null) {
      document.querySelectorAll<HTMLElement>(".undo").forEach((undo) => (undo.hidden = true));
      const later = await this.store.get<Figure>(this.kit.venue);
      if (later && later.at > this.known.at) this.known = later;
    } else await this.store.set(this.kit.venue, this.known);
    document.addEventListener("submit", (event) => this.submitted(event), true);
    document.body.addEventListener("htmx:afterSwap", () => void this.renewed());
    this.panel?.querySelector("[data-last-back]")?.addEventListener("click", () => void this.takeLastBack());
    await this.work.start();
  }

  /** The server has said another figure. */
  private async renewed(): Promise<void> {
    const present = document.querySelector<HTMLElement>("[data-present]")?.dataset["present"];
    if (present === undefined) return;
    this.known = { present: Number(present), at: Date.now() };
    await this.store.set(this.kit.venue, this.known);
    await this.work.draw();
  }

  private submitted(event: Event): void {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.classList.contains("venue-form")) return;
    const way = value(form, "way");
    if (way !== "in" && way !== "out") return;
    event.preventDefault();
    if (this.isBusy) return;
    this.isBusy = true;
    void this.tapped(form, { way, people: Number(value(form, "people")) }).finally(() => (this.isBusy = false));
  }

  private async tapped(form: HTMLFormElement, count: Count): Promise<void> {
    const at = new Date(this.work.now()).toISOString();
    // Of its own, made here: a page that is kept carries the same ids at every visit.
    const id = newId(this.work.now());
    form.querySelector<HTMLInputElement>("input[name=entry]")?.setAttribute("value", id);
    if (navigator.onLine && this.counts.length === 0 && (await this.sent(form, id, at))) return;
    if (count.way === "in" && isOver(this.inside(), count.people, this.kit.cap) && this.warnedOf !== form) {
      this.warnedOf = form;
      return this.work.draw();
    }
    this.warnedOf = null;
    const entry = { id, register: REGISTERS[count.way], subject: this.kit.venue, at, body: { people: count.people } };
    await this.work.add(entry, told(this.kit.venue, count));
    await this.work.draw();
  }

  /** Sends a tap over the network, with its id and its time: sent again later, it is the same. False when nobody answered. */
  private async sent(form: HTMLFormElement, id: string, at: string): Promise<boolean> {
    const fields = new URLSearchParams({ csrf: value(form, "csrf"), way: value(form, "way"), people: value(form, "people"), entry: id, at });
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual", signal: abort.signal });
      if (AWAY.includes(answer.status)) return false;
      if (answer.type === "opaqueredirect") location.assign(`${new URL(form.action).pathname}?last=${id}`);
      // Refused: the page says why.
      else HTMLFormElement.prototype.submit.call(form);
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  private inside(): number {
    return inside(this.known, this.counts);
  }

  private async takeLastBack(): Promise<void> {
    const last = (await this.work.outbox.unsent()).pop();
    if (last) await this.work.outbox.takeBack(last.id);
    await this.work.draw();
  }

  private async redraw(unsent: Parcel[], refused: Parcel[]): Promise<void> {
    for (const parcel of refused) if (allRefusals(parcel.id).length === 0) listRefusal(parcel, () => void this.work.putAway(parcel.id));
    if (this.waited > 0 && unsent.length === 0 && refused.length === 0 && navigator.onLine) {
      // All of it has arrived: the server draws the rest.
      return location.replace(location.pathname);
    }
    this.waited = unsent.length;
    const since = this.work.keptAt === null ? [] : await this.work.outbox.sentSince(this.known.at + this.work.aheadMs);
    const all = [...unsent, ...since].map(({ about }) => read(this.kit.venue, about));
    this.counts = all.filter((count): count is Count => count !== null);
    this.say(unsent.length > 0);
  }

  private say(isWaiting: boolean): void {
    const { panel } = this;
    if (!panel) return;
    const isReckoned = isWaiting || this.work.keptAt !== null || this.warnedOf !== null;
    panel.hidden = !isReckoned;
    const present = document.querySelector<HTMLElement>("[data-present]");
    const state = document.querySelector<HTMLElement>("[data-state]");
    if (!isReckoned || !present) return;
    const now = this.inside();
    present.textContent = String(now);
    if (state) state.hidden = true;
    const known = (panel.dataset["known"] ?? "").replace("{at}", clock(this.known.at)).replace("{n}", String(this.known.present));
    const counted = (panel.dataset["counted"] ?? "").replace("{in}", String(sum(this.counts, "in"))).replace("{out}", String(sum(this.counts, "out")));
    const said = panel.querySelector("[data-said]");
    if (said) said.textContent = this.counts.length === 0 ? known : `${known} · ${counted}`;
    const back = panel.querySelector<HTMLElement>("[data-last-back]");
    if (back) back.hidden = !isWaiting;
    this.warn(panel, now);
  }

  private warn(panel: HTMLElement, now: number): void {
    const full = panel.querySelector<HTMLElement>("[data-full-said]");
    if (!full) return;
    const isFull = isOver(now, 1, this.kit.cap);
    full.hidden = !isFull && this.warnedOf === null;
    const more = this.warnedOf === null ? "" : (panel.dataset["again"] ?? "").replace("{n}", String(now + Number(value(this.warnedOf, "people"))));
    full.textContent = [panel.dataset["full"], more].filter((part) => part).join(" · ");
  }
}

/** The counter stays on the phone from the first visit on. */
async function keepOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/venues/sw.js", { scope: "/venues" });
  await navigator.serviceWorker.ready;
  const drawn = Date.now() - performance.now();
  const at = location.pathname;
  if (navigator.onLine && !(await isKeptSince(at, drawn))) await keepPage(at, await fetch(at, { headers: { accept: "text/html" } }));
  await persist();
}

async function main(): Promise<void> {
  const kit = kitOf<DoorKit>();
  if (!kit || !("indexedDB" in window) || !crypto.subtle) return;
  await new Door(kit, await Store.open(`lianfang-door-${kit.login}`)).start();
  await keepOffline();
  document.documentElement.dataset["door"] = "ready";
}

void main().catch(() => undefined);
