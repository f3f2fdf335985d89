// Cards that were drawn in several codes: each scan brings one, in any order, until all are there.

const PART = /^shc:\/([1-9]\d?)\/([1-9]\d?)\//;

export class Parts {
  private kept = new Map<number, string>();
  private of = 0;

  /** All codes of the card when this was the last of them; else how many there are so far. */
  add(text: string): { whole: string[] } | { have: number; of: number } {
    const found = PART.exec(text);
    if (!found) return { whole: [text] };
    const [index, of] = [Number(found[1]), Number(found[2])];
    if (of !== this.of) this.clear();
    this.of = of;
    this.kept.set(index, text);
    if (this.kept.size < of) return { have: this.kept.size, of };
    const whole = [...this.kept.entries()].sort(([one], [other]) => one - other).map(([, part]) => part);
    this.clear();
    return { whole };
  }

  /** The next person's card begins anew. */
  clear(): void {
    this.kept.clear();
    this.of = 0;
  }
}
