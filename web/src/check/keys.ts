// The city's public keys, read from a JWKS (RFC 7517). Keys of other kinds in it are passed over: sets grow.

import { decodeBase64 } from "../kit/base64";
import { isEqual, join, sha256 } from "../kit/bytes";
import { KID_BYTES } from "./envelope";

export interface Jwk {
  kty: string;
  crv?: string;
  x?: string;
  y?: string;
  kid?: string;
  /** First second at which it is believed. */
  nbf?: number;
  /** First second at which it is no longer believed. */
  exp?: number;
}

export interface TrustedKey {
  kid: Uint8Array;
  validFrom: number | null;
  validUntil: number | null;
  verify(message: Uint8Array<ArrayBuffer>, signature: Uint8Array): Promise<boolean>;
}

const ECDSA = { name: "ECDSA", namedCurve: "P-256" };

async function readKey(jwk: Jwk): Promise<TrustedKey | null> {
  if (jwk.kty !== "EC" || jwk.crv !== "P-256") return null;
  const [x, y, kid] = [decodeBase64(jwk.x ?? ""), decodeBase64(jwk.y ?? ""), decodeBase64(jwk.kid ?? "")];
  if (!x || !y || !kid || x.length !== 32 || y.length !== 32) return null;
  const own = (await sha256(join(Uint8Array.of(4), x, y))).slice(0, KID_BYTES);
  if (!isEqual(kid, own)) return null;
  // A point off the curve is no key: whatever it is said to have signed has a bad signature.
  const key = await crypto.subtle
    .importKey("jwk", { kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y }, ECDSA, false, ["verify"])
    .catch(() => null);
  return {
    kid,
    validFrom: jwk.nbf ?? null,
    validUntil: jwk.exp ?? null,
    verify: async (message, signature) =>
      key !== null && crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, join(signature), message),
  };
}

/** The keys that can be used, imported once. */
export async function readKeys(jwks: { keys: Jwk[] }): Promise<TrustedKey[]> {
  const keys = await Promise.all(jwks.keys.map(readKey));
  return keys.filter((key): key is TrustedKey => key !== null);
}
