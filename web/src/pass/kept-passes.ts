// The passes of this phone, kept by the phone itself: what a code says and on which day, and nobody's name.

/** In both languages: the page may be opened in the other one. */
export interface Both {
  zh: string;
  en: string;
}

/** A pass as the server hands it out for keeping. */
export interface Given {
  id: string;
  /** What the code says. */
  text: string;
  /** For a gate without a camera. */
  short: string;
  day: Both;
  area: Both;
  /** Valid from this moment, and until before that one (milliseconds since 1970). */
  from: number;
  until: number;
  /** The server's time when it was handed out. */
  now: number;
}

export interface KeptPass extends Given {
  /** The server's clock minus this phone's. */
  ahead: number;
  /** Revoked, as the server said later. */
  isGone: boolean;
  /** When the server was last asked about it. */
  askedAt: number;
}

const NAME = "lianfang-pass";
const PASSES = "passes";
/** A pass of the past is of no use to anybody; a day more is for clocks that are wrong. */
const KEEP_MS = 86_400_000;

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore(PASSES, { keyPath: "id" });
  const database = await answer(opening);
  try {
    const transaction = database.transaction(PASSES, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await answer(work(transaction.objectStore(PASSES)));
    await done;
    return result;
  } finally {
    database.close();
  }
}

export async function find(id: string): Promise<KeptPass | null> {
  return ((await within("readonly", (store) => store.get(id))) as KeptPass | undefined) ?? null;
}

/** All of them, the earliest day first; those long past are put away. */
export async function list(): Promise<KeptPass[]> {
  const all = (await within("readonly", (store) => store.getAll())) as KeptPass[];
  const past = all.filter((pass) => nowFor(pass) > pass.until + KEEP_MS);
  await Promise.all(past.map((pass) => remove(pass.id)));
  return all.filter((pass) => !past.includes(pass)).sort((one, other) => one.from - other.from);
}

export async function keep(given: Given): Promise<KeptPass> {
  const pass = { ...given, ahead: given.now - Date.now(), isGone: false, askedAt: Date.now() };
  await within("readwrite", (store) => store.put(pass));
  return pass;
}

export async function change(pass: KeptPass): Promise<void> {
  await within("readwrite", (store) => store.put(pass));
}

export async function remove(id: string): Promise<void> {
  await within("readwrite", (store) => store.delete(id));
}

/** The server's time, as far as this phone knows it. */
export function nowFor(pass: KeptPass): number {
  return Date.now() + pass.ahead;
}

export type Standing = "valid" | "early" | "past" | "gone";

export function standing(pass: KeptPass, now: number): Standing {
  if (pass.isGone) return "gone";
  if (now >= pass.until) return "past";
  return now < pass.from ? "early" : "valid";
}
