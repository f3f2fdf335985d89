// My tasks today, where the network ends: a tap is sealed to the server's key, kept, and sent by itself later, exactly
// once. What was tapped cannot be read back on this phone; another account neither sees nor sends it.

import { saveFile } from "../kit/file";
import { newId } from "../kit/ids";
import { CallRefused, Outbox, type Answer, type Parcel } from "../kit/outbox";
import { persist } from "../kit/persist";
import { seal, type SealKey } from "../kit/seal";
import { Server } from "../kit/server";
import { Store } from "../kit/store";
import { word } from "../words";
import { clock, readForm, type Answered } from "./answer";
import { openForm } from "./filling";
import { isKeptSince, keepList } from "./kept-list";
import { allRefusals, formOf, markAway, markKept, markRefused, restore, sayNeedsNetwork } from "./lines";

interface Kit {
  login: string;
  epoch: number;
  /** The server's time when the page was drawn. */
  now: number;
  seal_key: SealKey;
}

const TICK_MS = 20_000;
const MINUTE_MS = 60_000;
/** What was answered over the network since the kept list was drawn. */
const DONE = "done";

class Today {
  /** When a kept page came to this phone; nothing when the page is fresh. */
  private readonly keptAt = Number(document.documentElement.dataset["kept"]) || null;
  private readonly aheadMs: number;
  private readonly server = new Server(() => null);
  private readonly outbox: Outbox;
  private trouble: string | null = null;
  private pressed: HTMLElement | null = null;

  constructor(
    private readonly kit: Kit,
    private readonly store: Store,
  ) {
    const ahead = kit.now - (this.keptAt ?? Date.now() - performance.now());
    this.aheadMs = Math.abs(ahead) < MINUTE_MS ? 0 : ahead;
    this.outbox = new Outbox(store, (sealed) => this.post(sealed), () => this.now());
  }

  private now(): number {
    return Date.now() + this.aheadMs;
  }

  private async post(sealed: string[]): Promise<Answer> {
    return (await this.server.post<Answer>("/api/v1/entries", { sealed })).body;
  }

  async start(): Promise<void> {
    this.listen();
    if (this.keptAt === null) {
      await this.store.set(DONE, []);
      await this.outbox.sawEpoch(this.kit.epoch);
    } else await this.sayKept(this.keptAt);
    await this.sync();
    setInterval(() => void this.sync(), TICK_MS);
  }

  private listen(): void {
    // Browsers that do not say which button sent a form (Safari before 15.4).
    document.addEventListener("click", (event) => {
      this.pressed = event.target instanceof Element ? event.target.closest("button") : null;
    }, true);
    document.addEventListener("submit", (event) => this.submitted(event), true);
    document.addEventListener("click", (event) => this.asksForForm(event));
    for (const failure of ["htmx:sendError", "htmx:timeout"]) {
      document.body.addEventListener(failure, (event) => {
        const form = event.target instanceof Element ? event.target.closest("form") : null;
        if (form) void this.keepFailed(form);
      });
    }
    document.body.addEventListener("htmx:responseError", (event) => {
      const { elt, xhr } = (event as CustomEvent<{ elt: Element; xhr: XMLHttpRequest }>).detail;
      const form = elt.closest("form");
      // Nothing was taken: the server is too busy, or something on the way to it.
      if (form && [502, 503, 504].includes(xhr.status)) void this.keepFailed(form);
    });
    document.body.addEventListener("htmx:afterRequest", (event) => {
      // The form itself is gone by now, and the event comes from what it stood in.
      const { requestConfig, successful } = (event as CustomEvent<{ requestConfig: { elt: Element }; successful: boolean }>).detail;
      const task = requestConfig.elt instanceof HTMLFormElement ? requestConfig.elt.dataset["task"] : undefined;
      if (task !== undefined && successful) void this.noteDone(task);
    });
    addEventListener("online", () => void this.sync());
    addEventListener("offline", () => void this.draw());
    document.getElementById("today-send")?.addEventListener("click", () => void this.sync(true));
    document.querySelectorAll("[data-export]").forEach((button) => button.addEventListener("click", () => void this.export()));
  }

  /** Every answer gets its id and its time before it leaves, so that sending it twice is one entry. */
  private submitted(event: Event): void {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["register"] === undefined) return;
    const at = this.now();
    const pressed = this.pressed && form.contains(this.pressed) ? this.pressed : null;
    const answered = readForm(form, (event as SubmitEvent).submitter ?? pressed, { id: newId(at), at: new Date(at).toISOString() });
    if (!answered || navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.keep(form, answered);
  }

  /** The request did not come through, or its answer did not: the same entry waits. */
  private async keepFailed(form: HTMLFormElement): Promise<void> {
    const answered = readForm(form, null, null);
    if (answered) await this.keep(form, answered);
  }

  /** The form of a register, where the network would be needed for its page. */
  private asksForForm(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-fill]") : null;
    if (!link || navigator.onLine) return;
    const quick = link.closest<HTMLElement>(".quick");
    if (!quick) return;
    event.preventDefault();
    if (!openForm(link, () => this.now(), (answered) => this.keep(quick, answered))) sayNeedsNetwork(quick);
  }

  private async keep(form: HTMLElement, { entry, task, words }: Answered): Promise<void> {
    const sealed = await seal({ ...entry, by: this.kit.login }, this.kit.seal_key);
    await this.outbox.add(entry.id, Date.parse(entry.at), sealed, task);
    this.showKept(form, entry.id, words);
    await this.draw();
  }

  private showKept(form: HTMLElement, id: string, words: string): void {
    markKept(form, id, words, async () => {
      if (await this.outbox.takeBack(id)) restore(form);
      await this.draw();
    });
  }

  private async noteDone(task: string): Promise<void> {
    await this.store.set(DONE, [...((await this.store.get<string[]>(DONE)) ?? []), task]);
  }

  /** A kept list says of when it is; what was answered since stands as answered. */
  private async sayKept(at: number): Promise<void> {
    const place = document.getElementById("today-kept");
    if (!place) return;
    place.textContent = word("list").replace("{at}", clock(at));
    place.hidden = false;
    const gone = (await this.store.get<string[]>(DONE)) ?? [];
    const sent = (await this.outbox.sentSince(at + this.aheadMs)).map(({ about }) => about);
    for (const task of [...gone, ...sent]) markAway(formOf(task), word("sent"));
  }

  /** Sends what waits; what stands in the way is said when somebody asked, or has to do something about it. */
  private async sync(isAsked = false): Promise<void> {
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
    saveFile(`today-${stamp}.txt`, await this.outbox.exported());
  }

  private async draw(): Promise<void> {
    const [unsent, refused] = [await this.outbox.unsent(), await this.outbox.refused()];
    const { stranded } = await this.outbox.waiting();
    this.drawUnsent(unsent, stranded);
    for (const parcel of unsent) {
      const form = formOf(parcel.about);
      // Tapped before this page was opened: what it was is sealed.
      if (form && !form.hidden) this.showKept(form, parcel.id, "");
    }
    for (const parcel of refused) markRefused(parcel, word("refused"), () => this.putAway(parcel.id));
    const place = document.getElementById("today-refused");
    if (place) place.hidden = refused.length === 0;
    this.clear(unsent);
  }

  private async putAway(id: string): Promise<void> {
    await this.outbox.putAway(id);
    allRefusals(id).forEach((note) => note.remove());
    await this.draw();
  }

  /** What has arrived is no task any more. The server draws the rest, once nobody is in the middle of something. */
  private clear(unsent: Parcel[]): void {
    const waiting = new Set(unsent.map(({ id }) => id));
    const lines = Array.from(document.querySelectorAll<HTMLElement>("li.task[data-kept]"));
    const arrived = lines.filter((line) => !waiting.has(line.dataset["kept"] ?? "") && !line.querySelector(".task-refused"));
    for (const line of arrived) markAway(line.querySelector<HTMLElement>(".quick"), word("sent"));
  }

  private drawUnsent(unsent: Parcel[], stranded: number): void {
    const place = document.getElementById("today-unsent");
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

/** The list stays on the phone from the first visit on. The worker keeps what passes through it, which this page may not have. */
async function keepOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/today/sw.js", { scope: "/today" });
  await navigator.serviceWorker.ready;
  const drawn = Date.now() - performance.now();
  if (navigator.onLine && !(await isKeptSince(drawn))) await keepList(await fetch("/today", { headers: { accept: "text/html" } }));
  await persist();
}

async function main(): Promise<void> {
  const kit = JSON.parse(document.getElementById("today-kit")?.textContent ?? "null") as Kit | null;
  if (!kit || !("indexedDB" in window) || !crypto.subtle) return;
  await new Today(kit, await Store.open(`lianfang-today-${kit.login}`)).start();
  await keepOffline();
  document.documentElement.dataset["tasks"] = "ready";
}

void main().catch(() => undefined);
