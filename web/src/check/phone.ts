// This phone: whose it is, what it keeps, what time it is in the city, and its way to the server.

import { freshness, trustOf, type Freshness, type KeptKit, type Kit, type Title } from "./kit";
import { CallRefused, Outbox, type Answer, type Waiting } from "../kit/outbox";
import { seal } from "../kit/seal";
import { Server, Unreachable, type Device } from "../kit/server";
import { newId } from "../kit/ids";
import { Store } from "../kit/store";
import type { Attempt, Check, Decision } from "./attempt";
import type { Trust } from "./verify";
import { counted, newShift, type Shift } from "./shift";

export interface Settings {
  sound: boolean;
  vibration: boolean;
  torch: boolean;
  camera: string;
  direction: string;
}

/** Whose the phone is: enrolled at a checkpoint, or in the hands of signed-in staff who chose one. */
export interface Owner {
  device: Device | null;
  staff: string | null;
  checkpoint: { id: string; name: Title };
}

const DEFAULTS: Settings = { sound: true, vibration: true, torch: false, camera: "", direction: "" };
const KIT_EVERY_MS = 10 * 60_000;

export class Phone {
  readonly server = new Server(() => this.owner?.device ?? null);
  readonly outbox: Outbox;
  owner: Owner | null = null;
  kept: KeptKit | null = null;
  trust: Trust | null = null;
  settings: Settings = DEFAULTS;
  shift: Shift = newShift(0);
  before: Shift | null = null;
  isRevoked = false;
  private triedKitAt = 0;

  private constructor(private readonly store: Store) {
    this.outbox = new Outbox(store, (sealed) => this.send(sealed), () => this.now());
  }

  static async open(): Promise<Phone> {
    const phone = new Phone(await Store.open("lianfang-check"));
    await phone.load();
    return phone;
  }

  private async load(): Promise<void> {
    const { store } = this;
    this.owner = await store.get<Owner>("owner");
    this.settings = { ...DEFAULTS, ...(await store.get<Partial<Settings>>("settings")) };
    this.kept = await store.get<KeptKit>("kit");
    this.trust = this.kept && (await trustOf(this.kept.kit));
    this.shift = (await store.get<Shift>("shift")) ?? newShift(this.now());
    this.before = await store.get<Shift>("shift-before");
  }

  /** The city's time, as far as it is known. */
  now(): number {
    return Date.now() + (this.kept?.clockAheadMs ?? 0);
  }

  get freshness(): Freshness | null {
    return this.kept && freshness(this.kept, this.now());
  }

  async own(owner: Owner): Promise<void> {
    this.owner = owner;
    this.isRevoked = false;
    await this.store.set("owner", owner);
  }

  /** Possible when nothing waits. */
  async leave(): Promise<void> {
    for (const key of ["owner", "kit", "shift", "shift-before"]) await this.store.forget(key);
  }

  async set(change: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...change };
    await this.store.set("settings", this.settings);
  }

  /** The first signature of a visit takes a browser long: it is done before somebody waits. */
  async warm(): Promise<void> {
    await this.trust?.keys[0]?.verify(new Uint8Array(1), new Uint8Array(64)).catch(() => false);
  }

  /** Asks for keys and revocations, at most every ten minutes unless somebody insists. */
  async refresh(isAsked = false): Promise<void> {
    if (!this.owner || (!isAsked && Date.now() - this.triedKitAt < KIT_EVERY_MS)) return;
    this.triedKitAt = Date.now();
    const query = this.owner.device ? "" : `?checkpoint=${encodeURIComponent(this.owner.checkpoint.id)}`;
    const got = await this.guarded(() => this.server.get<Kit>(`/api/v1/checks/kit${query}`, this.kept?.etag ?? null));
    if (got.status === 304 && this.kept) {
      this.kept = { ...this.kept, confirmedAt: this.now() };
    } else {
      const at = Date.parse(got.body.now);
      this.kept = { kit: got.body, etag: got.etag, confirmedAt: at, clockAheadMs: at - Date.now() };
      this.trust = await trustOf(got.body);
      await this.outbox.sawEpoch(got.body.epoch);
    }
    await this.store.set("kit", this.kept);
  }

  private async send(sealed: string[]): Promise<Answer> {
    const body = { device: this.owner?.device?.device, epoch: this.kept?.kit.epoch ?? 0, sealed };
    return (await this.guarded(() => this.server.post<Answer>("/api/v1/checks", body))).body;
  }

  private async guarded<T>(call: () => Promise<T>): Promise<T> {
    try {
      const result = await call();
      this.isRevoked = false;
      return result;
    } catch (error) {
      if (error instanceof CallRefused && ["device_revoked", "unknown_device"].includes(error.code)) this.isRevoked = true;
      throw error;
    }
  }

  /** Writes a check down, sealed. False when the phone was full and only the page holds it. */
  async record(attempt: Attempt, decision: Decision, reason: string | null): Promise<boolean> {
    const { kept, owner } = this;
    if (!kept || !owner) throw new Unreachable("no keys");
    const at = this.now();
    const check: Check = {
      id: newId(at),
      checkpoint: owner.checkpoint.id,
      at: new Date(at).toISOString(),
      made_at: new Date(at).toISOString(),
      direction: attempt.direction,
      pass: attempt.text,
      verdict: attempt.verdict,
      document: attempt.document ?? "not_compared",
      celsius: attempt.celsius,
      plate: attempt.plate,
      decision,
      reason,
      way: attempt.way,
    };
    const isKept = await this.outbox.add(check.id, at, await seal(check, kept.kit.seal_key));
    this.shift = counted(this.shift, decision, attempt.way);
    await this.store.set("shift", this.shift).catch(() => undefined);
    return isKept;
  }

  /** Ends the shift and begins the next. */
  async handOver(): Promise<void> {
    const now = this.now();
    this.before = { ...this.shift, endedAt: now };
    this.shift = newShift(now);
    await this.store.set("shift-before", this.before);
    await this.store.set("shift", this.shift);
  }

  waiting(): Promise<Waiting> {
    return this.outbox.waiting();
  }
}
