// Words come from the page, so that translation lives in one place.

/** The word `key` that the page carries, or nothing. */
export function word(key: string): string {
  return document.getElementById("words")?.dataset[key] ?? "";
}
