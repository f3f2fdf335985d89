// What a phone keeps of one kind of work: sealed entries, and the few things it works with. One database, two stores.

import type { Parcel, ParcelState, ParcelStore } from "./outbox";

const PARCELS = "parcels";
const KEPT = "kept";

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    const parcels = request.result.createObjectStore(PARCELS, { keyPath: "id" });
    parcels.createIndex("state", ["state", "madeAt"]);
    request.result.createObjectStore(KEPT);
  };
  return answer(request);
}

const range = (state: ParcelState, until = Infinity): IDBKeyRange => IDBKeyRange.bound([state, 0], [state, until]);

export class Store implements ParcelStore {
  private constructor(private readonly database: IDBDatabase) {}

  static async open(name: string): Promise<Store> {
    return new Store(await open(name));
  }

  /** Does the work in one transaction: done when it is on the disk. */
  private async within<T>(name: string, mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T> | T): Promise<T> {
    const transaction = this.database.transaction(name, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
    const [result] = await Promise.all([work(transaction.objectStore(name)), done]);
    return result;
  }

  async get<T>(key: string): Promise<T | null> {
    return this.within(KEPT, "readonly", async (store) => ((await answer(store.get(key))) as T | undefined) ?? null);
  }

  async set(key: string, value: unknown): Promise<void> {
    await this.within(KEPT, "readwrite", (store) => void store.put(value, key));
  }

  async forget(key: string): Promise<void> {
    await this.within(KEPT, "readwrite", (store) => void store.delete(key));
  }

  async put(parcels: Parcel[]): Promise<void> {
    await this.within(PARCELS, "readwrite", (store) => parcels.forEach((parcel) => store.put(parcel)));
  }

  async take(id: string): Promise<void> {
    await this.within(PARCELS, "readwrite", (store) => void store.delete(id));
  }

  async list(state: ParcelState, most: number): Promise<Parcel[]> {
    return this.within(PARCELS, "readonly", (store) => answer<Parcel[]>(store.index("state").getAll(range(state), most)));
  }

  async count(state: ParcelState): Promise<number> {
    return this.within(PARCELS, "readonly", (store) => answer(store.index("state").count(range(state))));
  }

  async removeSent(madeBefore: number): Promise<void> {
    await this.each(range("sent", madeBefore), (cursor) => void cursor.delete());
  }

  async reopen(epoch: number): Promise<void> {
    await this.each(range("sent"), (cursor) => {
      const parcel = cursor.value as Parcel;
      if (parcel.epoch !== epoch) cursor.update({ ...parcel, state: "waiting" });
    });
  }

  private each(keys: IDBKeyRange, work: (cursor: IDBCursorWithValue) => void): Promise<void> {
    return this.within(PARCELS, "readwrite", (store) => {
      const request = store.index("state").openCursor(keys);
      return new Promise<void>((resolve, reject) => {
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const cursor = request.result;
          if (!cursor) return resolve();
          work(cursor);
          cursor.continue();
        };
      });
    });
  }
}
