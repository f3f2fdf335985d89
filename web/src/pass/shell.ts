// The page /pass, the same for everybody: it shows what this phone keeps.

import { codeOf, drawing } from "./code";
import { change, find, list, nowFor, remove, standing, type KeptPass } from "./kept-passes";
import { offerPicture } from "./picture";
import { inPageLanguage, say } from "./words";

const ASK_EVERY_MS = 30 * 60_000;
const MINUTE_MS = 60_000;

const element = (id: string): HTMLElement | null => document.getElementById(id);

function write(id: string, text: string): void {
  const place = element(id);
  if (place) place.textContent = text;
}

function show(id: string, isShown: boolean): void {
  const place = element(id);
  if (place) place.hidden = !isShown;
}

/** The id in the address `/pass/ID`, or nothing on `/pass`. */
export function idInAddress(): string | null {
  return /^\/pass\/([0-9a-f-]{36})$/.exec(location.pathname)?.[1] ?? null;
}

function drawCard(pass: KeptPass): void {
  const [day, area] = [inPageLanguage(pass.day), inPageLanguage(pass.area)];
  const state = standing(pass, nowFor(pass));
  const isShown = state === "valid" || state === "early";
  show("kept-card", isShown);
  show("kept-invalid", !isShown);
  show("kept-early", state === "early");
  show("kept-acts", isShown);
  write("kept-early", say("early", { day }));
  write("kept-reason", say(state === "gone" ? "gone" : "past", { day }));
  write("kept-day", day);
  write("kept-area", say("area", { area }));
  write("kept-short", pass.short);
  write("kept-text", pass.text);
  const place = element("kept-code");
  if (!place || !isShown) return;
  place.setAttribute("aria-label", say("code", { day, area }));
  while (place.firstChild) place.firstChild.remove();
  place.appendChild(drawing(codeOf(pass.text)));
  offerPicture(pass);
}

function drawOthers(others: KeptPass[]): void {
  show("kept-others", others.length > 0);
  const place = element("kept-list");
  if (!place) return;
  while (place.firstChild) place.firstChild.remove();
  for (const pass of others) {
    const link = document.createElement("a");
    link.href = `/pass/${pass.id}`;
    link.textContent = `${inPageLanguage(pass.day)} · ${pass.short}`;
    const line = document.createElement("li");
    line.appendChild(link);
    place.appendChild(line);
  }
}

/** Asks now and then whether it was revoked; without an answer what the phone knows holds. */
async function ask(pass: KeptPass): Promise<void> {
  if (!navigator.onLine || Date.now() - pass.askedAt < ASK_EVERY_MS) return;
  const answer = await fetch(`/api/v1/passes/${pass.id}`, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const { revoked_at } = (await answer.json()) as { revoked_at: string | null };
  const told = { ...pass, isGone: revoked_at !== null, askedAt: Date.now() };
  await change(told);
  if (told.isGone !== pass.isGone) drawCard(told);
}

function keepPlaceInLanguageLinks(): void {
  document.querySelectorAll<HTMLAnchorElement>(".languages a").forEach((link) => {
    link.href = location.pathname + new URL(link.href).search;
  });
}

/** What is shown when the address names none: the pass of now, else the next one, else the last. */
function first(all: KeptPass[]): KeptPass | undefined {
  const now = (state: string): KeptPass | undefined => all.find((pass) => standing(pass, nowFor(pass)) === state);
  return now("valid") ?? now("early") ?? all[all.length - 1];
}

export async function drawShell(): Promise<void> {
  if (!element("kept-pass")) return;
  keepPlaceInLanguageLinks();
  const asked = idInAddress();
  const all = await list().catch(() => [] as KeptPass[]);
  const pass = asked ? await find(asked).catch(() => null) : first(all);
  show("kept-none", !pass);
  show("kept-shown", Boolean(pass));
  if (!pass) {
    // A pass that is not here is asked for: this page stands at its address only where no answer came, whatever the phone
    // believes of its network.
    write("kept-none-why", say(asked ? "not-here" : "none-how"));
    return drawOthers(all);
  }
  drawCard(pass);
  // Midnight comes while it is shown.
  setInterval(() => void find(pass.id).then((kept) => kept && drawCard(kept)), MINUTE_MS);
  drawOthers(all.filter(({ id }) => id !== pass.id));
  const button = element("kept-remove");
  if (button) button.onclick = () => void remove(pass.id).then(() => location.assign("/pass"));
  await ask(pass).catch(() => undefined);
}
