// Entries on their way to the server: each exactly once, in any order, whatever happens in between.
//
// An entry is written down before anything else happens to it. It leaves the phone only fourteen days after the server said
// that it has it; a server that was restored from a backup says so by another epoch, and gets everything again. What the
// server refuses stays here with the reason. The server knows a check by its id, so sending twice changes nothing.

import { encodeBase64 } from "./base64";

export type ParcelState = "waiting" | "sent" | "refused";

export interface Parcel {
  id: string;
  /** Milliseconds since 1970, by the city's clock. */
  madeAt: number;
  sealed: Uint8Array;
  state: ParcelState;
  /** The epoch under which the server took it. */
  epoch: number | null;
  /** Why it was refused, in the server's words. */
  code: string | null;
  hint: string | null;
  /** What it answers, as an id that says nothing to whoever reads the phone. */
  about?: string | undefined;
}

export interface ParcelStore {
  put(parcels: Parcel[]): Promise<void>;
  /** Takes one out, for good. */
  take(id: string): Promise<void>;
  /** The oldest ones. */
  list(state: ParcelState, most: number): Promise<Parcel[]>;
  count(state: ParcelState): Promise<number>;
  removeSent(madeBefore: number): Promise<void>;
  /** Whatever was taken under another epoch waits again. */
  reopen(epoch: number): Promise<void>;
}

export interface Answer {
  epoch: number;
  /** In the order of the call; one that could not be opened has no id. */
  results: { id: string | null; status: string; code?: string | null; detail?: string | null; hint?: string | null }[];
}

/** The server took none of a call. `isLasting`: the same call will never be taken. */
export class CallRefused extends Error {
  constructor(readonly code: string, readonly hint: string | null, readonly isLasting: boolean) {
    super(code);
  }
}

export interface Waiting {
  waiting: number;
  refused: number;
  /** When the oldest was made that the server does not have. */
  oldestAt: number | null;
  /** How many could not be written to the phone and are held by the page alone. */
  stranded: number;
}

export const KEEP_SENT_MS = 14 * 86_400_000;
const MOST_A_CALL = 200;
/** Sent checks are given up before a new one is lost. */
const GIVE_UP_SENT_MS = [7 * 86_400_000, 86_400_000, 0];

export class Outbox {
  private readonly stranded: Parcel[] = [];
  private running: Promise<void> | null = null;

  constructor(
    private readonly store: ParcelStore,
    private readonly post: (sealed: string[]) => Promise<Answer>,
    private readonly now: () => number,
  ) {}

  /** Writes a check down. False when the phone is full: then the page holds it until there is room or it was sent. */
  async add(id: string, madeAt: number, sealed: Uint8Array, about?: string): Promise<boolean> {
    const parcel: Parcel = { id, madeAt, sealed, state: "waiting", epoch: null, code: null, hint: null, ...(about === undefined ? {} : { about }) };
    if (await this.keep(parcel)) return true;
    this.stranded.push(parcel);
    return false;
  }

  private async keep(parcel: Parcel): Promise<boolean> {
    for (const age of [null, ...GIVE_UP_SENT_MS]) {
      try {
        if (age !== null) await this.store.removeSent(this.now() - age);
        await this.store.put([parcel]);
        return true;
      } catch {
        // Full: the next round gives up what the server has.
      }
    }
    return false;
  }

  /** Sends what waits; one run at a time. Throws when the server cannot be reached or takes nothing now. */
  sync(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    await this.rescue();
    let most = MOST_A_CALL;
    for (;;) {
      const parcels = await this.store.list("waiting", most);
      if (parcels.length === 0) break;
      try {
        if (!(await this.send(parcels))) break;
        most = MOST_A_CALL;
      } catch (error) {
        if (!(error instanceof CallRefused) || !error.isLasting) throw error;
        // One of them spoils the call: it is found by halves, and set aside with the reason.
        const [only] = parcels;
        if (parcels.length === 1 && only) await this.store.put([{ ...only, state: "refused", code: error.code, hint: error.hint }]);
        else most = Math.ceil(parcels.length / 2);
      }
    }
    await this.store.removeSent(this.now() - KEEP_SENT_MS);
  }

  /** What the page alone held: kept if there is room by now, sent from the hand if not. */
  private async rescue(): Promise<void> {
    while (this.stranded.length > 0) {
      const [parcel] = this.stranded;
      if (!parcel) return;
      if (!(await this.keep(parcel))) {
        const answer = await this.post([encodeBase64(parcel.sealed)]);
        if (!answer.results.some(({ id, status }) => id === parcel.id && status !== "refused")) return;
      }
      this.stranded.shift();
    }
  }

  /** False when the answer moved nothing forward. */
  private async send(parcels: Parcel[]): Promise<boolean> {
    const answer = await this.post(parcels.map((parcel) => encodeBase64(parcel.sealed)));
    const results = new Map(answer.results.map((result) => [result.id, result]));
    const moved: Parcel[] = [];
    for (const [index, parcel] of parcels.entries()) {
      const unopened = answer.results[index];
      const result = results.get(parcel.id) ?? (unopened?.id === null ? unopened : undefined);
      if (!result) continue;
      const words = [result.detail, result.hint].filter((part) => part).join(" ");
      if (result.status === "refused") moved.push({ ...parcel, state: "refused", code: result.code ?? null, hint: words || null });
      else moved.push({ ...parcel, state: "sent", epoch: answer.epoch, code: null, hint: null });
    }
    await this.store.put(moved);
    await this.store.reopen(answer.epoch);
    return moved.length > 0;
  }

  /** The server said which epoch it is in: what it took in another one is sent again. */
  async sawEpoch(epoch: number): Promise<void> {
    await this.store.reopen(epoch);
  }

  /** Refused checks are tried again, as after a role or a pack was put right. */
  async retryRefused(): Promise<void> {
    const refused = await this.store.list("refused", 10_000);
    await this.store.put(refused.map((parcel) => ({ ...parcel, state: "waiting" })));
  }

  /** Takes back what has not left yet; false when it has, or is leaving now. */
  async takeBack(id: string): Promise<boolean> {
    const waits = async (): Promise<boolean> => (await this.store.list("waiting", 10_000)).some((parcel) => parcel.id === id);
    if (this.running || !(await waits())) return false;
    await this.store.take(id);
    return true;
  }

  /** A refused one that its maker has dealt with otherwise. */
  async putAway(id: string): Promise<void> {
    if ((await this.store.list("refused", 10_000)).some((parcel) => parcel.id === id)) await this.store.take(id);
  }

  /** What was made since `from` and is with the server. */
  async sentSince(from: number): Promise<Parcel[]> {
    return (await this.store.list("sent", 10_000)).filter(({ madeAt }) => madeAt >= from);
  }

  /** What waits, the oldest first. */
  unsent(): Promise<Parcel[]> {
    return this.store.list("waiting", 10_000);
  }

  refused(): Promise<Parcel[]> {
    return this.store.list("refused", 200);
  }

  async waiting(): Promise<Waiting> {
    const [waiting, refused] = [await this.store.count("waiting"), await this.store.count("refused")];
    const oldest = [...(await this.store.list("waiting", 1)), ...(await this.store.list("refused", 1)), ...this.stranded];
    const oldestAt = oldest.length === 0 ? null : Math.min(...oldest.map((parcel) => parcel.madeAt));
    return { waiting: waiting + this.stranded.length, refused, oldestAt, stranded: this.stranded.length };
  }

  /** Everything the server does not have, one sealed check a line: only the server can read it. */
  async exported(): Promise<string> {
    const lists = [await this.store.list("waiting", 1e6), await this.store.list("refused", 1e6), this.stranded];
    const lines = lists.reduce((all, list) => all.concat(list), []).map((parcel) => encodeBase64(parcel.sealed));
    return lines.map((line) => line + "\n").join("");
  }
}
