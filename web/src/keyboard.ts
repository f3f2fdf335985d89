// Lists by keyboard: j and k move, Enter opens, x chooses, digits take a quick answer, / searches, ? explains.

import { word } from "./words";

const ITEM = "[data-item]";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)))
  );
}

/** The item that has the focus; before anything has it, the one that the page is opened for. */
function current(): HTMLElement | null {
  const active = document.activeElement;
  if (!active || active === document.body) return document.querySelector<HTMLElement>(`${ITEM}[autofocus]`);
  return active.closest<HTMLElement>(ITEM);
}

function move(by: number): void {
  const items = Array.from(document.querySelectorAll<HTMLElement>(ITEM)).filter((item) => item.offsetParent !== null);
  if (items.length === 0) return;
  const here = current();
  const at = here ? items.indexOf(here) + by : by > 0 ? 0 : items.length - 1;
  const next = items[Math.max(0, Math.min(items.length - 1, at))];
  if (!next) return;
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function toggleHelp(): void {
  const open = document.getElementById("keys-help");
  if (open) {
    open.remove();
    return;
  }
  const box = document.createElement("div");
  box.id = "keys-help";
  box.className = "keys-help";
  box.setAttribute("role", "status");
  box.textContent = word("keys");
  document.body.append(box);
}

function press(event: KeyboardEvent): boolean {
  switch (event.key) {
    case "j":
      move(1);
      return true;
    case "k":
      move(-1);
      return true;
    case "?":
      toggleHelp();
      return true;
    case "/":
      document.querySelector<HTMLElement>('[data-key="/"]')?.focus();
      return true;
    case "Escape":
      document.getElementById("keys-help")?.remove();
      return false;
  }
  const item = current();
  if (!item) return false;
  if (event.key === "x") {
    item.querySelector<HTMLInputElement>('input[type="checkbox"]')?.click();
    return true;
  }
  if (/^[1-9]$/.test(event.key)) {
    const quick = item.querySelectorAll<HTMLElement>("[data-quick]")[Number(event.key) - 1];
    quick?.click();
    return quick !== undefined;
  }
  if (event.key === "Enter" && document.activeElement === item) {
    const open = item.querySelector<HTMLElement>("[data-open], a[href]");
    open?.click();
    return open !== null;
  }
  return false;
}

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) && event.key !== "Escape") return;
    if (press(event)) event.preventDefault();
  });
}
