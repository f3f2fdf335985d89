// How the line of a task looks while its answer waits on the phone, when it has gone, and when it came back.

import { allRefusals, listRefusal, refusal } from "../kit/kept-work";
import type { Parcel } from "../kit/outbox";
import { word } from "../words";

const lineOf = (form: HTMLElement): HTMLElement | null => form.closest<HTMLElement>("li.task");

/** What answers a task, if the page has it: a form of one tap, or the way to the register's form. */
export function formOf(task: string | undefined): HTMLElement | null {
  return task === undefined ? null : (document.getElementById(`task-${task}`)?.querySelector<HTMLElement>(".quick") ?? null);
}

function button(label: string, act: () => Promise<void>): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", () => void act());
  return made;
}

/** In the place of the buttons: what was tapped if that is still known, that it waits here, and a way to take it back. */
export function markKept(form: HTMLElement, id: string, words: string, takeBack: () => Promise<void>): void {
  const line = lineOf(form);
  if (!line) return;
  line.querySelectorAll(".task-kept, .send-failed").forEach((part) => part.remove());
  const note = document.createElement("p");
  note.className = "task-kept";
  note.setAttribute("role", "status");
  const said = document.createElement("span");
  said.textContent = words === "" ? word("kept") : `${words} · ${word("kept")}`;
  note.append(said, button(word("takeBack"), takeBack));
  form.hidden = true;
  line.dataset["kept"] = id;
  line.appendChild(note);
}

/** Nothing more to do at this line: its answer is with the server. */
export function markAway(form: HTMLElement | null, words: string): void {
  const line = form && lineOf(form);
  if (!form || !line) return;
  line.querySelectorAll(".task-kept, .task-refused, .send-failed").forEach((part) => part.remove());
  delete line.dataset["kept"];
  const note = document.createElement("p");
  note.className = "task-kept task-sent";
  note.setAttribute("role", "status");
  note.textContent = words;
  form.hidden = true;
  line.appendChild(note);
}

/** This form asks for what only the server knows. */
export function sayNeedsNetwork(quick: HTMLElement): void {
  const line = lineOf(quick);
  if (!line || line.querySelector(".task-needs")) return;
  const note = document.createElement("p");
  note.className = "task-kept task-needs";
  note.setAttribute("role", "status");
  note.textContent = word("needs");
  line.appendChild(note);
}

/** As it was before the tap. */
export function restore(form: HTMLElement): void {
  const line = lineOf(form);
  line?.querySelectorAll(".task-kept").forEach((part) => part.remove());
  if (line) delete line.dataset["kept"];
  form.hidden = false;
  form.querySelector<HTMLElement>("button:not(.sr), a")?.focus();
}

/** The server's reason, at the task if it is still there, else in the list above. */
export function markRefused(parcel: Parcel, putAway: () => void): void {
  if (allRefusals(parcel.id).length > 0) return;
  const form = formOf(parcel.about);
  const line = form && lineOf(form);
  if (form && line) {
    restore(form);
    line.appendChild(refusal(parcel, "p", putAway));
  } else listRefusal(parcel, putAway);
}
