// Staff pages: partial updates, keyboard, undo, drafts. Every page works without it.

import htmx from "htmx.org";
import { wireChoices } from "./choosing";
import { keepDrafts } from "./drafts";
import { forgetListWithForms } from "./forget";
import { listenToKeys } from "./keyboard";
import { slideMoments } from "./moment";
import { noteOffline } from "./offline";
import { focusProblems } from "./problems";
import { startUndo } from "./undo";
import { word } from "./words";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0; // no personal page in the browser's storage

function store(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

function sayFailure(target: EventTarget | null): void {
  const form = target instanceof Element ? target.closest("form") : null;
  if (!form || form.querySelector(".send-failed")) return;
  const line = document.createElement("p");
  line.className = "send-failed";
  line.setAttribute("role", "alert");
  line.textContent = word("failed");
  form.append(line);
}

document.documentElement.classList.add("js");
const kept = store();
if (kept) keepDrafts(kept);
noteOffline();
forgetListWithForms();
focusProblems();
listenToKeys();
wireChoices();
slideMoments();
startUndo();
document.body.addEventListener("htmx:afterSwap", (event) => {
  const swapped = event.target;
  if (swapped instanceof Element && swapped.parentNode) {
    startUndo(swapped.parentNode);
    focusProblems(swapped.parentNode);
  }
});
document.body.addEventListener("htmx:sendError", (event) => sayFailure(event.target));
document.body.addEventListener("htmx:responseError", (event) => sayFailure(event.target));
document.querySelectorAll<HTMLElement>("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
// Menus close when one goes elsewhere.
document.addEventListener("click", (event) => {
  document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((menu) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
});
