// Base45 (RFC 9285), one spelling only: what would not encode back to the same text is refused.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** The bytes of a text, or nothing when it is not written as an encoder writes it. */
export function decodeBase45(text: string): Uint8Array | null {
  if (text.length % 3 === 1) return null;
  const out: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits: number[] = [];
    for (const character of text.slice(at, at + 3)) {
      const digit = ALPHABET.indexOf(character);
      if (digit < 0) return null;
      digits.push(digit);
    }
    const [low = 0, middle = 0, high] = digits;
    const value = low + middle * 45 + (high ?? 0) * 2025;
    if (value > (high === undefined ? 0xff : 0xffff)) return null;
    if (high !== undefined) out.push(value >> 8);
    out.push(value & 0xff);
  }
  return Uint8Array.from(out);
}
