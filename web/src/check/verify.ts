// Verifying a pass offline: the same reasons in the same order as the server gives. docs/pass-format.md.

import { readClaims, type Claims, type PassClaims } from "./claims";
import { isEqual } from "../kit/bytes";
import { PREFIX, messageOf, openEnvelope } from "./envelope";
import { holderDigest } from "./holder";
import type { TrustedKey } from "./keys";
import type { RevocationList } from "./revocation";
import { dayOf } from "./zone";

/** How far this device's clock may be behind the issuer's. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1_000;

export type Reason =
  | "ok"
  | "format"
  | "schema"
  | "bad_signature"
  | "unknown_key"
  | "key_expired"
  | "expired"
  | "not_yet_valid"
  | "revoked"
  | "wrong_city"
  | "wrong_day"
  | "wrong_holder";

export interface Trust {
  city: string;
  /** Code of the region where the checkpoint stands. */
  place: string;
  zone: string;
  keys: TrustedKey[];
  revocations: RevocationList;
}

export interface Verdict {
  /** `lianfang`, or nothing when the text is not ours. */
  format: "lianfang" | null;
  kind: "pass" | "certificate" | null;
  reason: Reason;
  claims: Claims | null;
}

/** White space as Unicode has it; browsers count one character more and one less. */
const EDGES = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

function judgePass(pass: PassClaims, trust: Trust, at: number): Reason {
  if (!trust.place.startsWith(pass.scope)) return "wrong_city";
  return dayOf(trust.zone, at) === pass.day ? "ok" : "wrong_day";
}

function judgeTime(claims: Claims, trust: Trust, at: number): Reason {
  if (claims.kind === "pass") return judgePass(claims, trust, at);
  if (at + CLOCK_TOLERANCE_MS < claims.issuedAt * 1_000) return "not_yet_valid";
  return claims.validUntil !== null && at >= claims.validUntil * 1_000 ? "expired" : "ok";
}

async function judge(key: TrustedKey, claims: Claims, trust: Trust, at: number): Promise<Reason> {
  if (key.validUntil !== null && at >= key.validUntil * 1_000) return "key_expired";
  if (key.validFrom !== null && at + CLOCK_TOLERANCE_MS < key.validFrom * 1_000) return "not_yet_valid";
  if (await trust.revocations.contains(claims.id)) return "revoked";
  return claims.city === trust.city ? judgeTime(claims, trust, at) : "wrong_city";
}

/** Whether the document in the hand is the one that the pass is bound to. */
export async function isHolder(claims: Claims, document: string): Promise<boolean> {
  return (await holderDigest(claims.id, document)) === claims.holder;
}

/** Judges a text at a moment (milliseconds), and against a document's number if one was shown. */
export async function verify(text: string, trust: Trust, at: number, document: string | null = null): Promise<Verdict> {
  const trimmed = text.replace(EDGES, "");
  if (!trimmed.startsWith(PREFIX)) return { format: null, kind: null, reason: "format", claims: null };
  const reject = (reason: Reason): Verdict => ({ format: "lianfang", kind: null, reason, claims: null });
  const envelope = openEnvelope(trimmed);
  if (!envelope) return reject("format");
  const key = trust.keys.find((key) => isEqual(key.kid, envelope.kid));
  if (!key) return reject("unknown_key");
  if (!(await key.verify(messageOf(envelope), envelope.signature))) return reject("bad_signature");
  const claims = readClaims(envelope.payload);
  if (!claims) return reject("schema");
  let reason = await judge(key, claims, trust, at);
  if (reason === "ok" && document !== null && !(await isHolder(claims, document))) reason = "wrong_holder";
  return { format: "lianfang", kind: claims.kind, reason, claims };
}
