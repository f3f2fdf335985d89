// Words that script puts onto the page; the page carries them in its own language.

let words: Record<string, string> | null = null;

/** The word `key`, with `{n}` and the like filled in. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  words ??= JSON.parse(document.getElementById("check-words")?.textContent ?? "{}") as Record<string, string>;
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Whether there is such a word. */
export function knows(key: string): boolean {
  return say(key) !== "";
}
