// The code of a pass in twelve signs, typed where no camera helps. Mistyping is noticed here; what it stands for only the
// server knows.

import { plainDocument } from "./holder";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 12;

/** Twice a value in the field of 32 elements (x⁵ + x² + 1). */
function timesTwo(value: number): number {
  const doubled = value << 1;
  return doubled & 0x20 ? doubled ^ 0x25 : doubled;
}

/** The code as the server asks for it; nothing when it is none or was mistyped. */
export function readShortCode(text: string): string | null {
  const code = plainDocument(text).replace(/O/g, "0").replace(/[IL]/g, "1");
  let check = 0;
  for (const sign of code) {
    const value = ALPHABET.indexOf(sign);
    if (value < 0) return null;
    check = timesTwo(check) ^ value;
  }
  return code.length === LENGTH && check === 0 ? code : null;
}
