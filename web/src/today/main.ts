// My tasks today, where the network ends: what is tapped is kept, and sent by itself later.

import { newId } from "../kit/ids";
import { isKeptSince, keepPage } from "../kit/kept-page";
import { KeptWork, clock, kitOf, type Kit } from "../kit/kept-work";
import type { Parcel } from "../kit/outbox";
import { persist } from "../kit/persist";
import { Store } from "../kit/store";
import { word } from "../words";
import { readForm, type Answered } from "./answer";
import { openForm } from "./filling";
import { KEPT_AT } from "./kept-at";
import { formOf, markAway, markKept, markRefused, restore, sayNeedsNetwork } from "./lines";

/** What was answered over the network since the kept list was drawn. */
const DONE = "done";

class Today {
  private readonly work: KeptWork;
  private pressed: HTMLElement | null = null;

  constructor(
    kit: Kit,
    private readonly store: Store,
  ) {
    this.work = new KeptWork(kit, store, "today", (unsent, refused) => this.redraw(unsent, refused));
  }

  async start(): Promise<void> {
    this.listen();
    if (this.work.keptAt === null) await this.store.set(DONE, []);
    else await this.sayKept(this.work.keptAt);
    await this.work.start();
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
  }

  /** Every answer gets its id and its time before it leaves, so that sending it twice is one entry. */
  private submitted(event: Event): void {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["register"] === undefined) return;
    const at = this.work.now();
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
    // A kept list is shown where no answer came: the form's page would not come either, whatever the phone believes.
    if (!link || (navigator.onLine && this.work.keptAt === null)) return;
    const quick = link.closest<HTMLElement>(".quick");
    if (!quick) return;
    const isOpen = openForm(link, () => this.work.now(), (answered) => this.keep(quick, answered));
    if (!isOpen && navigator.onLine) return;
    event.preventDefault();
    if (!isOpen) sayNeedsNetwork(quick);
  }

  private async keep(form: HTMLElement, { entry, task, words }: Answered): Promise<void> {
    await this.work.add(entry, task);
    this.showKept(form, entry.id, words);
    await this.work.draw();
  }

  private showKept(form: HTMLElement, id: string, words: string): void {
    markKept(form, id, words, async () => {
      if (await this.work.outbox.takeBack(id)) restore(form);
      await this.work.draw();
    });
  }

  private async noteDone(task: string): Promise<void> {
    await this.store.set(DONE, [...((await this.store.get<string[]>(DONE)) ?? []), task]);
  }

  /** A kept list says of when it is; what was answered since stands as answered. */
  private async sayKept(at: number): Promise<void> {
    const place = document.getElementById("kept-page");
    if (!place) return;
    place.textContent = word("list").replace("{at}", clock(at));
    place.hidden = false;
    const gone = (await this.store.get<string[]>(DONE)) ?? [];
    const sent = (await this.work.outbox.sentSince(at + this.work.aheadMs)).map(({ about }) => about);
    for (const task of [...gone, ...sent]) markAway(formOf(task), word("sent"));
  }

  private redraw(unsent: Parcel[], refused: Parcel[]): void {
    for (const parcel of unsent) {
      const form = formOf(parcel.about);
      // Tapped before this page was opened: what it was is sealed.
      if (form && !form.hidden) this.showKept(form, parcel.id, "");
    }
    for (const parcel of refused) markRefused(parcel, () => void this.work.putAway(parcel.id));
    this.clear(unsent);
  }

  /** What has arrived is no task any more. The server draws the rest, once nobody is in the middle of something. */
  private clear(unsent: Parcel[]): void {
    const waiting = new Set(unsent.map(({ id }) => id));
    const lines = Array.from(document.querySelectorAll<HTMLElement>("li.task[data-kept]"));
    const arrived = lines.filter((line) => !waiting.has(line.dataset["kept"] ?? "") && !line.querySelector(".task-refused"));
    for (const line of arrived) markAway(line.querySelector<HTMLElement>(".quick"), word("sent"));
  }
}

/** The list stays on the phone from the first visit on. The worker keeps what passes through it, which this page may not have. */
async function keepOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/today/sw.js", { scope: "/today" });
  await navigator.serviceWorker.ready;
  const drawn = Date.now() - performance.now();
  if (navigator.onLine && !(await isKeptSince(KEPT_AT, drawn))) await keepPage(KEPT_AT, await fetch("/today", { headers: { accept: "text/html" } }));
  await persist();
}

async function main(): Promise<void> {
  const kit = kitOf<Kit>();
  if (!kit || !("indexedDB" in window) || !crypto.subtle) return;
  await new Today(kit, await Store.open(`lianfang-today-${kit.login}`)).start();
  await keepOffline();
  document.documentElement.dataset["tasks"] = "ready";
}

void main().catch(() => undefined);
