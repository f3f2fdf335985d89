// Lists to choose from: all the plain ones at once, and how many are chosen.

import { word } from "./words";

function boxesOf(scope: ParentNode): HTMLInputElement[] {
  return Array.from(scope.querySelectorAll<HTMLInputElement>('input[type="checkbox"][data-choose]'));
}

function count(form: HTMLFormElement): void {
  const chosen = boxesOf(form).filter((box) => box.checked).length;
  form.querySelectorAll<HTMLElement>("[data-chosen]").forEach((place) => {
    place.textContent = `${word("chosen")} ${chosen}`;
  });
}

function chooseAll(form: HTMLFormElement, button: HTMLElement): void {
  const boxes = boxesOf(form).filter((box) => box.dataset["choose"] === button.dataset["chooseAll"]);
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !all;
  count(form);
}

/** Wires the choices inside `root`. */
export function wireChoices(root: ParentNode = document): void {
  root.querySelectorAll<HTMLFormElement>("form[data-choices]").forEach((form) => {
    form.addEventListener("change", () => count(form));
    form.querySelectorAll<HTMLElement>("[data-choose-all]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => chooseAll(form, button));
    });
    count(form);
  });
}
