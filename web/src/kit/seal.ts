// Sealing an entry to the server's key at once: this phone can write what it saw, and not read it back.
//
// 0x01 ‖ key id (8) ‖ ephemeral point (65) ‖ iv (12) ‖ AES-256-GCM of the JSON, under HKDF-SHA256 of the shared X. The first
// 74 bytes are authenticated with it.

import { decodeBase64 } from "./base64";
import { join } from "./bytes";

export interface SealKey {
  kid: string;
  x: string;
  y: string;
}

const VERSION = 1;
const IV_BYTES = 12;
const INFO = "lianfang check v1";
const ECDH = { name: "ECDH", namedCurve: "P-256" };

async function sharedKey(own: CryptoKey, to: SealKey, info: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const theirs = await crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x: to.x, y: to.y }, ECDH, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  return crypto.subtle.deriveKey(hkdf, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}

/** Seals one check or other entry. */
export async function seal(entry: unknown, to: SealKey): Promise<Uint8Array> {
  const kid = decodeBase64(to.kid);
  if (!kid || kid.length !== 8) throw new Error("the server's key has no id of eight bytes");
  const pair = await crypto.subtle.generateKey(ECDH, true, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const head = join(Uint8Array.of(VERSION), kid, point);
  const key = await sharedKey(pair.privateKey, to, join(new TextEncoder().encode(INFO), kid, point));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const text = new TextEncoder().encode(JSON.stringify(entry));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: head }, key, text);
  return join(head, iv, new Uint8Array(sealed));
}
