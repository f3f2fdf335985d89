// What a tap on a task says: the entry that the task expects, with one field or with those of its form.

export type Value = string | boolean | string[];

export interface Entry {
  id: string;
  register: string;
  subject: string;
  at: string;
  made_at: string;
  body: Record<string, Value>;
}

export interface Answered {
  entry: Entry;
  /** The task, by its id. */
  task: string;
  /** What was tapped, as the page says it until it has gone. */
  words: string;
}

function set(form: HTMLFormElement, name: string, value: string): void {
  let field = form.querySelector<HTMLInputElement>(`input[type=hidden][name=${name}]`);
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    form.appendChild(field);
  }
  field.value = value;
}

/**
 * The answer of a task's form. With `made`, the form is given that id and time, and what was tapped is noted on it; without,
 * what it was given before is read again. Nothing when nothing was answered.
 */
export function readForm(form: HTMLFormElement, submitter: HTMLElement | null, made: { id: string; at: string } | null): Answered | null {
  const { register, subject, field, task } = form.dataset;
  if (!register || !subject || !field || !task) return null;
  if (made) {
    const tapped = submitter instanceof HTMLButtonElement && submitter.value !== "" ? submitter.value : null;
    const typed = form.querySelector<HTMLInputElement>("input[type=text]")?.value.trim() ?? "";
    const value = tapped ?? typed;
    if (value === "") return null;
    form.dataset["answer"] = value;
    form.dataset["said"] = (tapped === null ? null : submitter?.textContent?.trim()) || value;
    set(form, "entry", made.id);
    set(form, "at", made.at);
  }
  const get = (name: string): string => form.querySelector<HTMLInputElement>(`input[name=${name}]`)?.value ?? "";
  const [id, at, value] = [get("entry"), get("at"), form.dataset["answer"] ?? ""];
  if (id === "" || at === "" || value === "") return null;
  return { entry: { id, register, subject, at, made_at: at, body: { [field]: value } }, task, words: form.dataset["said"] ?? value };
}

/** A value of a list: `symptoms.2.value`. */
const EACH = /^(.+)\.\d+\.value$/;

/** What was filled in on a register's form; nothing when nothing was. */
export function readFields(form: HTMLFormElement): Record<string, Value> | null {
  const body: Record<string, Value> = {};
  form.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("[name]").forEach((input) => {
    const { type, value } = input;
    const isOne = type === "radio" || type === "checkbox";
    if (value.trim() === "" || (isOne && !(input as HTMLInputElement).checked)) return;
    const list = EACH.exec(input.name)?.[1];
    const isBool = type === "radio" && (value === "true" || value === "false");
    if (list !== undefined) body[list] = [...((body[list] as string[] | undefined) ?? []), value];
    else body[input.name] = isBool ? value === "true" : value.trim();
  });
  return Object.keys(body).length === 0 ? null : body;
}
