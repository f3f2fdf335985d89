// Whose phone this is: a code makes it the checkpoint's own; staff with an account choose where they stand.

import { titleOf, type Title } from "./kit";
import { CallRefused } from "../kit/outbox";
import { button, byId, fill, onSubmit } from "./page";
import type { Phone } from "./phone";
import { say } from "./say";

interface Place {
  id: string;
  name: Title;
}

interface Enrolled {
  device: string;
  secret: string;
  checkpoint: Place;
}

/** The code of `/check#enrol=CODE`, taken out of the address: it works once. */
export function codeInAddress(): string | null {
  const found = /[#&]enrol=([^&]+)/.exec(location.hash);
  if (found) history.replaceState(null, "", location.pathname + location.search);
  return found ? decodeURIComponent(found[1] ?? "") : null;
}

/** Why the server did not, in words. */
export function trouble(error: unknown): string {
  return error instanceof CallRefused ? (error.hint ?? error.code) : say("unreachable");
}

export class Enrolment {
  constructor(
    private readonly phone: Phone,
    private readonly done: () => Promise<void>,
    private readonly tell: (words: string, isTrouble: boolean) => void,
  ) {
    onSubmit("enrol-form", () => this.enrol(byId<HTMLInputElement>("enrol-code").value));
    onSubmit("staff-form", () => this.find(byId<HTMLInputElement>("staff-query").value));
  }

  async enrol(code: string): Promise<void> {
    if (code.trim() === "") return byId("enrol-code").focus();
    this.tell(say("enrolling"), false);
    try {
      const { body } = await this.phone.server.postAsNobody<Enrolled>("/api/v1/checkpoint-devices", { code: code.trim() });
      const { device, secret, checkpoint } = body;
      await this.phone.own({ device: { device, secret }, staff: null, checkpoint });
      await this.done();
    } catch (error) {
      this.tell(say("enrol-failed", { n: trouble(error) }), true);
    }
  }

  private async find(query: string): Promise<void> {
    try {
      const session = await this.phone.server.get<{ login?: string; name?: string }>("/api/v1/session");
      const found = await this.phone.server.get<{ items?: Place[]; checkpoints?: Place[] }>(`/api/v1/checkpoints?q=${encodeURIComponent(query)}`);
      const places = found.body.items ?? found.body.checkpoints ?? [];
      const staff = session.body.name ?? session.body.login ?? "";
      const choices = places.map((checkpoint) => {
        const line = document.createElement("li");
        line.appendChild(button(titleOf(checkpoint.name), () => this.choose(staff, checkpoint)));
        return line;
      });
      fill("staff-found", choices);
      this.tell(places.length === 0 ? say("no-checkpoints") : "", false);
    } catch (error) {
      this.tell(error instanceof CallRefused ? say("signed-out") : trouble(error), true);
    }
  }

  private async choose(staff: string, { id, name }: Place): Promise<void> {
    await this.phone.own({ device: null, staff, checkpoint: { id, name } });
    await this.done();
  }
}
