// Pages that show a pass: the phone keeps it, so that it can be shown without the server, and saves it as a picture.

import { keepLanguage } from "../kept-pages";
import { keep, remove, type Given } from "./kept-passes";
import { offerPicture } from "./picture";
import { drawShell } from "./shell";

async function keepShown(): Promise<void> {
  const card = document.querySelector<HTMLElement>("[data-pass]");
  if (!card) return;
  const given = JSON.parse(card.dataset["pass"] ?? "null") as Given;
  offerPicture(given);
  if (card.dataset["keep"] === undefined) return;
  await keep(given);
  await navigator.serviceWorker?.register("/pass/sw.js", { scope: "/pass" });
  await keepLanguage("pass", document.documentElement.lang.startsWith("zh") ? "zh" : "en");
  await navigator.serviceWorker?.ready;
  const note = document.getElementById("pass-kept");
  if (note) note.hidden = false;
}

async function removeGone(): Promise<void> {
  const gone = document.querySelector<HTMLElement>("[data-pass-gone]")?.dataset["passGone"];
  if (gone) await remove(gone);
}

// A phone that keeps nothing shows what the server drew.
const quietly = (work: Promise<void>): void => void work.catch(() => undefined);
quietly(keepShown());
quietly(removeGone());
quietly(drawShell());
