// What was typed is never lost: a form with `data-draft` is kept on the device until it was sent.
// Sealed fields (names, numbers, addresses) carry `data-no-draft` and are never kept.
// Residents' phones keep drafts for a day; on desks of staff they end with the browser session.

import { word } from "./words";

const PREFIX = "draft:";
const DAY_MS = 86_400_000;

interface Draft {
  at: number;
  /** The form was sent: what the next page shows is the server's word, also where it is empty. */
  sent?: boolean;
  values: Record<string, string>;
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function fieldsOf(form: HTMLFormElement): Field[] {
  return Array.from(form.elements).filter(
    (element): element is Field =>
      (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) &&
      element.name !== "" &&
      element.name !== "csrf" &&
      element.dataset["noDraft"] === undefined &&
      !["hidden", "password", "file", "submit"].includes(element.type),
  );
}

function read(store: Storage, key: string): Draft | null {
  try {
    const draft = JSON.parse(store.getItem(key) ?? "null") as Draft | null;
    return draft && Date.now() - draft.at < DAY_MS ? draft : null;
  } catch {
    return null;
  }
}

function save(store: Storage, key: string, form: HTMLFormElement): void {
  const values: Record<string, string> = {};
  for (const field of fieldsOf(form)) {
    if (field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox")) {
      if (field.checked) values[`${field.name}=${field.value}`] = "on";
    } else if (field.value !== "") values[field.name] = field.value;
  }
  try {
    store.setItem(key, JSON.stringify({ at: Date.now(), values }));
  } catch {
    // A full or forbidden store: the page works as without script.
  }
}

/** Fills only what the server left empty; returns whether anything changed. */
function restore(form: HTMLFormElement, draft: Draft): boolean {
  let changed = false;
  const fields = fieldsOf(form);
  const answered = new Set(
    fields.filter((field) => field instanceof HTMLInputElement && field.checked).map((field) => field.name),
  );
  for (const field of fields) {
    if (field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox")) {
      if (!answered.has(field.name) && draft.values[`${field.name}=${field.value}`] === "on") {
        field.checked = true;
        changed = true;
      }
    } else if (field.value === "" && draft.values[field.name]) {
      field.value = draft.values[field.name] ?? "";
      changed ||= field.value !== "";
    }
  }
  return changed;
}

function note(form: HTMLFormElement): void {
  const line = document.createElement("p");
  line.className = "draft-note";
  line.setAttribute("role", "status");
  line.textContent = word("draft");
  form.prepend(line);
}

function markSent(store: Storage, key: string): void {
  const draft = read(store, key);
  if (!draft) return;
  try {
    store.setItem(key, JSON.stringify({ ...draft, sent: true }));
  } catch {
    // As in `save`.
  }
}

/** Whether the reader came back, as after a sending that the network swallowed. */
function isReturning(): boolean {
  const entry = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
  return entry?.type === "back_forward" || entry?.type === "reload";
}

/** Keeps the drafts of this page's forms in `store`. */
export function keepDrafts(store: Storage): void {
  document.querySelectorAll<HTMLFormElement>("form[data-draft]").forEach((form) => {
    const key = PREFIX + (form.dataset["draft"] ?? "");
    const draft = read(store, key);
    if (draft?.sent && !isReturning()) store.removeItem(key);
    else if (draft && restore(form, draft)) note(form);
    form.addEventListener("input", () => save(store, key, form));
    form.addEventListener("submit", () => markSent(store, key));
  });
  // The page after a successful sending names the drafts that are done with.
  document.querySelectorAll<HTMLElement>("[data-draft-done]").forEach((done) => {
    for (const name of (done.dataset["draftDone"] ?? "").split(" ")) store.removeItem(PREFIX + name);
  });
  document.querySelectorAll<HTMLFormElement>("form[data-forget]").forEach((form) => {
    form.addEventListener("submit", () => {
      for (const key of Object.keys(store)) if (key.startsWith(PREFIX)) store.removeItem(key);
    });
  });
}
