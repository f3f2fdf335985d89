// What the phone needs for a shift without network: keys, revocations, lists, limits. Its age is always known.

import { decodeBase64 } from "../kit/base64";
import { readKeys, type Jwk } from "./keys";
import { RevocationList } from "./revocation";
import type { SealKey } from "../kit/seal";
import type { Trust } from "./verify";

/** A title in one language or in both. */
export type Title = string | { zh: string; en: string };

export interface Listed {
  code: string;
  title: Title;
}

export interface Kit {
  city: string;
  zone: string | null;
  now: string;
  epoch: number;
  checkpoint: { id: string; name: Title; region: string };
  keys: { keys: Jwk[] };
  revocations: string;
  seal_key: SealKey;
  settings: { fever_c: number; warn_after_h: number; stop_after_h: number };
  lists: { decision: Listed[]; reason: Listed[]; direction: Listed[] };
}

/** A kit as it is kept on the phone. */
export interface KeptKit {
  kit: Kit;
  etag: string | null;
  /** When the server last said that it holds, by the city's clock. */
  confirmedAt: number;
  /** The city's clock minus the phone's, in milliseconds. */
  clockAheadMs: number;
}

export type Freshness = "fresh" | "old" | "stopped";

/** The zone of a city that says none. */
const CHINA = "+08:00";
const HOUR_MS = 3_600_000;
/** A clock that was set back makes every age wrong: beyond this the age counts as unknown. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Fresh, old (warn), or past the age at which the phone stops deciding by pass. */
export function freshness({ kit, confirmedAt }: KeptKit, now: number): Freshness {
  const age = now - confirmedAt;
  if (age < -CLOCK_TOLERANCE_MS || age >= kit.settings.stop_after_h * HOUR_MS) return "stopped";
  return age >= kit.settings.warn_after_h * HOUR_MS ? "old" : "fresh";
}

/** The kit as the verifier wants it; nothing when its list of revocations cannot be read. */
export async function trustOf(kit: Kit): Promise<Trust | null> {
  const bytes = decodeBase64(kit.revocations);
  const revocations = bytes && RevocationList.read(bytes);
  if (!revocations) return null;
  const place = kit.checkpoint.region || kit.city;
  return { city: kit.city, place, zone: kit.zone ?? CHINA, keys: await readKeys(kit.keys), revocations };
}

/** A title in the page's language. */
export function titleOf(title: Title): string {
  if (typeof title === "string") return title;
  return document.documentElement.lang.startsWith("zh") ? title.zh : title.en;
}
