// Public pages: small, and every page works without it.

import { keepDrafts } from "./drafts";
import { forgetPassesWithForms } from "./forget";
import { noteOffline } from "./offline";
import { focusProblems } from "./problems";

function store(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

document.documentElement.classList.add("js");
const kept = store();
if (kept) keepDrafts(kept);
noteOffline();
focusProblems();
forgetPassesWithForms();
document.querySelectorAll<HTMLElement>("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
