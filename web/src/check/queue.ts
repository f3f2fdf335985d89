// What waits, what was refused and why, and the file that carries both by hand.

import { saveFile } from "../kit/file";
import { ago, moment } from "./ages";
import { trouble } from "./enrol";
import { byId, fill, onClick, show, write } from "./page";
import type { Phone } from "./phone";
import { say } from "./say";

export class Queue {
  constructor(
    private readonly phone: Phone,
    private readonly sync: () => Promise<void>,
  ) {
    onClick("do-sync", () => this.during(this.sync));
    onClick("do-retry", () => this.during(async () => {
      await this.phone.outbox.retryRefused();
      await this.sync();
    }));
    onClick("do-refresh", () => this.during(() => this.phone.refresh(true)));
    onClick("do-export", () => this.export());
  }

  private async during(work: () => Promise<void>): Promise<void> {
    write("queue-result", say("sending"));
    try {
      await work();
      write("queue-result", "");
    } catch (error) {
      write("queue-result", say("sync-failed", { n: trouble(error) }));
    }
    await this.draw();
  }

  /** A file that only the server can read. */
  private async export(): Promise<void> {
    const text = await this.phone.outbox.exported();
    const count = text.split("\n").length - 1;
    write("queue-result", count === 0 ? say("nothing") : say("exported", { n: count }));
    if (count === 0) return;
    saveFile(`checks-${new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-")}.txt`, text);
  }

  async draw(): Promise<void> {
    const { phone } = this;
    const waiting = await phone.waiting();
    write("queue-waiting", say("times", { n: waiting.waiting }));
    write("queue-oldest", waiting.oldestAt === null ? say("all-sent") : `${moment(waiting.oldestAt)} (${ago(waiting.oldestAt, phone.now())})`);
    const refused = await phone.outbox.refused();
    show("refused-none", refused.length === 0);
    show("refused-some", refused.length > 0);
    fill("refused", refused.map((parcel) => {
      const line = document.createElement("li");
      line.textContent = say("refused-line", { at: moment(parcel.madeAt), n: parcel.hint ?? parcel.code ?? "" });
      return line;
    }));
    write("keys-detail", phone.kept ? say("keys-age", { at: `${moment(phone.kept.confirmedAt)} (${ago(phone.kept.confirmedAt, phone.now())})` }) : say("no-kit"));
    byId<HTMLButtonElement>("do-sync").disabled = waiting.waiting === 0;
  }
}
