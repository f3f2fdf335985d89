// The counts of this shift and of the one before, and the hand-over.

import { moment } from "./ages";
import { byId, onClick, show, write } from "./page";
import type { Phone } from "./phone";
import { say } from "./say";
import { table, type Shift } from "./shift";

function draw(id: string, shift: Shift): void {
  write(`shift-${id}-start`, moment(shift.startedAt));
  const rows = byId(`shift-${id}-rows`).querySelectorAll("tr");
  table(shift).forEach((counts, index) => {
    const cells = rows[index]?.querySelectorAll("td");
    counts.forEach((count, column) => {
      const cell = cells?.[column];
      if (cell) cell.textContent = String(count);
    });
  });
}

export class ShiftScreen {
  constructor(
    private readonly phone: Phone,
    tell: (words: string, isTrouble: boolean) => void,
  ) {
    onClick("do-hand-over", async () => {
      await phone.handOver();
      this.draw();
      tell(say("handed-over"), false);
    });
  }

  draw(): void {
    const { shift, before } = this.phone;
    draw("now", shift);
    show("shift-before", before !== null);
    if (!before) return;
    draw("before", before);
    write("shift-before-end", moment(before.endedAt ?? before.startedAt));
  }
}
