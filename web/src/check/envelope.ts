// The envelope of a pass: a COSE_Sign1 (RFC 9052) with exactly one way to write it. docs/pass-format.md.

import { decodeBase45 } from "./base45";
import { isEqual, join } from "../kit/bytes";

export const PREFIX = "LF1:";
const MAX_CHARACTERS = 2_048;
/** Tag 18, an array of four, a byte string of thirteen: the map of two, algorithm −7 (ES256), the key id of eight. */
const BEFORE_KID = Uint8Array.of(0xd2, 0x84, 0x4d, 0xa2, 0x01, 0x26, 0x04, 0x48);
const PROTECTED = 2;
export const KID_BYTES = 8;
const SIGNATURE_BYTES = 64;
/** An array of four, the text `Signature1`: the context of what is signed. */
const BEFORE_MESSAGE = Uint8Array.from("\u0084\u006aSignature1", (character) => character.charCodeAt(0));

export interface Envelope {
  kid: Uint8Array;
  payload: Uint8Array;
  signature: Uint8Array;
}

/** How many bytes the head of a byte string takes and says, in the shortest form only. */
function byteString(bytes: Uint8Array, at: number): { start: number; end: number } | null {
  const [head = 0, one = 0, two = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  const is = (start: number, length: number): { start: number; end: number } | null =>
    start + length <= bytes.length ? { start, end: start + length } : null;
  if (head >= 0x40 && head < 0x58) return is(at + 1, head & 0x1f);
  if (head === 0x58 && one >= 24) return is(at + 2, one);
  if (head === 0x59 && one >= 1) return is(at + 3, one * 256 + two);
  return null;
}

/** Takes a text apart; nothing when it is not written as we write. */
export function openEnvelope(text: string): Envelope | null {
  if (!text.startsWith(PREFIX) || text.length - PREFIX.length > MAX_CHARACTERS) return null;
  const bytes = decodeBase45(text.slice(PREFIX.length));
  const head = BEFORE_KID.length + KID_BYTES;
  if (!bytes || !isEqual(bytes.subarray(0, BEFORE_KID.length), BEFORE_KID)) return null;
  // The unprotected header is empty: it is not under the signature.
  if (bytes[head] !== 0xa0) return null;
  const payload = byteString(bytes, head + 1);
  if (!payload || bytes[payload.end] !== 0x58 || bytes[payload.end + 1] !== SIGNATURE_BYTES) return null;
  const signature = bytes.slice(payload.end + 2);
  if (signature.length !== SIGNATURE_BYTES) return null;
  return { kid: bytes.slice(BEFORE_KID.length, head), payload: bytes.slice(payload.start, payload.end), signature };
}

/** The bytes that are signed: the Sig_structure of RFC 9052, 4.4. */
export function messageOf({ kid, payload }: Envelope): Uint8Array<ArrayBuffer> {
  const length = payload.length;
  const head = length < 24 ? [0x40 | length] : length < 0x100 ? [0x58, length] : [0x59, length >> 8, length & 0xff];
  return join(BEFORE_MESSAGE, BEFORE_KID.subarray(PROTECTED), kid, Uint8Array.of(0x40, ...head), payload);
}
