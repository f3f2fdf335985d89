// Elements of the page, which the server drew: script fills and shows them.

/** The element of that id. It is a defect of the page when it is not there. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}

export function show(id: string, isShown: boolean): void {
  byId(id).hidden = !isShown;
}

export function write(id: string, text: string): void {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

export function onClick(id: string, act: () => unknown): void {
  byId(id).addEventListener("click", () => void act());
}

/** A form that script answers; the browser sends nothing. */
export function onSubmit(id: string, act: () => unknown): void {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    void act();
  });
}

/** A button with a big target. */
export function button(label: string, act: () => unknown): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.addEventListener("click", () => void act());
  return element;
}

/** Puts the elements in place of what is there. */
export function fill(id: string, elements: HTMLElement[]): void {
  const place = byId(id);
  while (place.firstChild) place.firstChild.remove();
  elements.forEach((element) => place.appendChild(element));
}
