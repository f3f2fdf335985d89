// Binding a pass to its holder: twenty bits of a hash over the random id and the document's number.

import { join, sha256 } from "../kit/bytes";

/** The number as it is hashed: half-width, upper case, letters and digits of ASCII only. */
export function plainDocument(number: string): string {
  return number
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[^0-9A-Za-z]/g, "")
    .toUpperCase();
}

/** The first 20 bits of SHA-256(id ‖ number). */
export async function holderDigest(id: Uint8Array, number: string): Promise<number> {
  const [one = 0, two = 0, three = 0] = await sha256(join(id, new TextEncoder().encode(plainDocument(number))));
  return (one << 12) | (two << 4) | (three >> 4);
}
