// A register's form at the line of a task, where there is no network to ask the server for it.

import { newId } from "../kit/ids";
import { word } from "../words";
import { readFields, type Answered } from "./answer";

const OPEN = "task-form";

/** Puts the form away. */
export function closeForm(): void {
  document.querySelectorAll(`.${OPEN}`).forEach((form) => form.remove());
}

/** Opens the form that `link` leads to, one at a time; false when the phone has none and only the network can help. */
export function openForm(link: HTMLElement, now: () => number, keep: (answered: Answered) => Promise<void>): boolean {
  const { register, subject, task } = link.closest<HTMLElement>("[data-register]")?.dataset ?? {};
  const line = link.closest("li.task");
  const template = document.querySelector<HTMLTemplateElement>(`template[data-fields="${register}"]`);
  if (!line || !template || register === undefined || subject === undefined || task === undefined) return false;
  closeForm();
  const form = document.createElement("form");
  form.className = OPEN;
  form.appendChild(document.importNode(template.content, true));
  form.querySelector("[data-close]")?.addEventListener("click", closeForm);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = readFields(form);
    if (!body) return form.querySelector<HTMLElement>("[name]")?.focus();
    const at = now();
    const when = new Date(at).toISOString();
    closeForm();
    void keep({ entry: { id: newId(at), register, subject, at: when, made_at: when, body }, task, words: word("filled") });
  });
  line.appendChild(form);
  form.querySelector<HTMLElement>("[name]")?.focus();
  return true;
}
