// What a pass or certificate says: CWT claims (RFC 8392) and one map of our own. docs/pass-format.md.

import { CborMap, decodeCbor, type Cbor } from "./cbor";

const ISSUER = 1;
const EXPIRES = 4;
const ISSUED = 6;
const ID = 7;
const OURS = -65_537;
const [KIND, DAY, SCOPE, DIGEST, CERTIFIES, PROTOCOL, CLAUSE] = [1, 2, 3, 4, 5, 6, 7] as const;
const MAX_TEXT_BYTES = 120;
/** The moments that the issuer can write: years 1 to 9999, in seconds. */
const [FIRST_S, LAST_S] = [-62_135_510_400, 253_402_207_200];

interface Common {
  city: string;
  id: Uint8Array;
  holder: number;
}

export interface PassClaims extends Common {
  kind: "pass";
  /** Days since 1970-01-01. */
  day: number;
  scope: string;
}

export interface CertificateClaims extends Common {
  kind: "certificate";
  protocol: string;
  clause: string | null;
  /** Seconds since 1970. */
  issuedAt: number;
  validUntil: number | null;
}

export type Claims = PassClaims | CertificateClaims;

/** Thrown for a claim of another type or out of its range: the statement cannot be read. */
class Unreadable extends Error {}

function demand<T>(value: T | null | undefined | false): T {
  if (value === null || value === undefined || value === false) throw new Unreadable();
  return value;
}

function integer(value: Cbor | undefined, least: number, most: number): number {
  return demand(typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : null);
}

function code(value: Cbor | undefined): string {
  return demand(typeof value === "string" && /^[0-9]{2,12}$/.test(value) && value);
}

function short(value: Cbor | undefined): string {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value).length : 0;
  return demand(typeof value === "string" && bytes >= 1 && bytes <= MAX_TEXT_BYTES && value);
}

const seconds = (value: Cbor | undefined): number => integer(value, FIRST_S, LAST_S);

function optional<T>(value: Cbor | undefined, read: (value: Cbor) => T): T | null {
  return value === undefined ? null : read(value);
}

function read(all: CborMap, ours: CborMap): Claims {
  const id = all.get(ID);
  const common: Common = {
    city: code(all.get(ISSUER)),
    id: demand(id instanceof Uint8Array && id.length === 16 && id),
    holder: integer(ours.get(DIGEST), 0, 0xfffff),
  };
  if (ours.get(KIND) === 1) {
    return { kind: "pass", ...common, day: integer(ours.get(DAY), -0x80000000, 0x7fffffff), scope: code(ours.get(SCOPE)) };
  }
  demand(ours.get(KIND) === 2 && ours.get(CERTIFIES) === 1);
  return {
    kind: "certificate",
    ...common,
    issuedAt: seconds(all.get(ISSUED)),
    protocol: short(ours.get(PROTOCOL)),
    clause: optional(ours.get(CLAUSE), short),
    validUntil: optional(all.get(EXPIRES), seconds),
  };
}

/** The claims of a payload; nothing when something is missing, of another type or out of its range. Unknown ones are
 * passed over, so that a later issuer may add some. */
export function readClaims(payload: Uint8Array): Claims | null {
  const all = decodeCbor(payload);
  const ours = all instanceof CborMap ? all.get(OURS) : null;
  if (!(all instanceof CborMap) || !(ours instanceof CborMap)) return null;
  try {
    return read(all, ours);
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}
