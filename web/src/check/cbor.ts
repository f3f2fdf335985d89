// CBOR (RFC 8949), as far as a signed statement may use it. Bounded: a text has at most some 1,400 bytes, nesting an end.

export type Cbor = number | string | boolean | null | Uint8Array | Cbor[] | CborMap | CborTag;

/** Pairs in the order they stand in; the first of a key counts. */
export class CborMap {
  constructor(readonly pairs: [Cbor, Cbor][]) {}

  get(key: number): Cbor | undefined {
    return this.pairs.find(([candidate]) => candidate === key)?.[1];
  }
}

/** A tagged value is none of the kinds that a claim may have. */
export class CborTag {
  constructor(readonly value: Cbor) {}
}

const MAX_DEPTH = 128;
const BREAK = Symbol("break");

class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  private take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new RangeError("the text ends too early");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** The number behind a head; nothing for an indefinite length. Beyond 2^53 it is near enough: no claim reaches there. */
  private argument(info: number): number | null {
    if (info < 24) return info;
    if (info === 31) return null;
    if (info > 27) throw new RangeError("a head that is not assigned");
    return this.take(1 << (info - 24)).reduce((number, byte) => number * 256 + byte, 0);
  }

  item(depth: number): Cbor {
    const value = this.next(depth);
    if (value === BREAK) throw new RangeError("an end of nothing");
    return value;
  }

  private next(depth: number): Cbor | typeof BREAK {
    if (depth > MAX_DEPTH) throw new RangeError("nested too deep");
    const head = this.byte();
    const major = head >> 5;
    if (major === 7) return this.simple(head & 0x1f);
    const argument = this.argument(head & 0x1f);
    switch (major) {
      case 0:
        return this.definite(argument);
      case 1:
        return -1 - this.definite(argument);
      case 2:
        return this.chunks(argument, 2);
      case 3:
        return new TextDecoder("utf-8", { fatal: true }).decode(this.chunks(argument, 3));
      case 4:
        return this.items(argument, depth);
      case 5:
        return this.map(argument, depth);
      default:
        this.definite(argument);
        return new CborTag(this.item(depth + 1));
    }
  }

  private definite(argument: number | null): number {
    if (argument === null) throw new RangeError("an indefinite number");
    return argument;
  }

  private simple(info: number): Cbor | typeof BREAK {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22 || info === 23) return null;
    if (info === 31) return BREAK;
    if (info < 25 || info > 27) throw new RangeError("a simple value that is not assigned");
    // Fractions are no claims of ours: read over, never equal to a number of one.
    this.take(1 << (info - 24));
    return NaN;
  }

  private chunks(length: number | null, major: number): Uint8Array {
    if (length !== null) return this.take(length).slice();
    const out: number[] = [];
    for (;;) {
      const head = this.byte();
      if (head === 0xff) return Uint8Array.from(out);
      if (head >> 5 !== major) throw new RangeError("a piece of another kind");
      out.push(...Array.from(this.take(this.definite(this.argument(head & 0x1f)))));
    }
  }

  private items(length: number | null, depth: number): Cbor[] {
    const out: Cbor[] = [];
    while (length === null || out.length < length) {
      const value = this.next(depth + 1);
      if (value === BREAK) {
        if (length !== null) throw new RangeError("an end too early");
        break;
      }
      out.push(value);
    }
    return out;
  }

  private map(length: number | null, depth: number): CborMap {
    const pairs: [Cbor, Cbor][] = [];
    while (length === null || pairs.length < length) {
      const key = this.next(depth + 1);
      if (key === BREAK) {
        if (length !== null) throw new RangeError("an end too early");
        break;
      }
      pairs.push([key, this.item(depth + 1)]);
    }
    return new CborMap(pairs);
  }
}

/** The value of the bytes; nothing when they are not CBOR or go on after its end. */
export function decodeCbor(bytes: Uint8Array): Cbor | undefined {
  const reader = new Reader(bytes);
  try {
    const value = reader.item(0);
    return reader.isAtEnd ? value : undefined;
  } catch {
    return undefined;
  }
}
