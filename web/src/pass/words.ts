// Words of passes, in the language of the page that carries them.

import type { Both } from "./kept-passes";

let words: Record<string, string> | null = null;

/** The word `key`, with `{day}` and the like filled in. */
export function say(key: string, values: Record<string, string> = {}): string {
  words ??= JSON.parse(document.getElementById("pass-words")?.textContent ?? "{}") as Record<string, string>;
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

export function inPageLanguage(both: Both): string {
  return document.documentElement.lang.startsWith("zh") ? both.zh : both.en;
}
