// The exact list of what was revoked: a version byte, then sorted hashes. Searched where it lies, without unpacking.

import { compare, sha256 } from "../kit/bytes";

const VERSION = 1;
const HASH_BYTES = 12;

export class RevocationList {
  private constructor(private readonly hashes: Uint8Array) {}

  /** Nothing when the bytes are no list of version 1: a list that cannot be read must not pass for an empty one. */
  static read(bytes: Uint8Array): RevocationList | null {
    if (bytes[0] !== VERSION || (bytes.length - 1) % HASH_BYTES !== 0) return null;
    return new RevocationList(bytes.slice(1));
  }

  get count(): number {
    return this.hashes.length / HASH_BYTES;
  }

  async contains(id: Uint8Array): Promise<boolean> {
    const wanted = (await sha256(id)).slice(0, HASH_BYTES);
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compare(this.hashes.subarray(middle * HASH_BYTES, (middle + 1) * HASH_BYTES), wanted);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return false;
  }
}
