// Base64 as keys (for addresses, without padding) and sealed checks (plain) carry it.

/** The bytes of a Base64 text of either alphabet, with or without padding; nothing when it is none. */
export function decodeBase64(text: string): Uint8Array | null {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/").replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) return null;
  const binary = atob(plain);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Plain Base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  bytes.forEach((byte) => {
    binary += String.fromCharCode(byte);
  });
  return btoa(binary);
}
