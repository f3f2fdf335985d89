// Ten seconds to take back: the form is a withdrawal like any other, shown with a countdown and then put away.

import { word } from "./words";

const TICK_MS = 1000;

export function startUndo(root: ParentNode = document): void {
  root.querySelectorAll<HTMLElement>("[data-undo]").forEach((box) => {
    let left = Number(box.dataset["undo"]);
    delete box.dataset["undo"];
    box.removeAttribute("data-undo");
    const place = box.querySelector<HTMLElement>("[data-undo-left]");
    const tick = (): void => {
      if (left <= 0) {
        box.hidden = true;
        return;
      }
      if (place) place.textContent = `${left} ${word("undo")}`;
      left -= 1;
      setTimeout(tick, TICK_MS);
    };
    tick();
  });
}
