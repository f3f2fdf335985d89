// A hand scanner is a keyboard that types very fast and ends with Enter. What it types into a field is taken back out.

const BETWEEN_KEYS_MS = 60;
const SHORTEST = 8;

type Field = HTMLInputElement;

function focused(): Field | null {
  return document.activeElement instanceof HTMLInputElement ? document.activeElement : null;
}

/** Calls `scanned` with each text of a hand scanner; it answers whether it has taken it. */
export function listenToHandScanner(scanned: (text: string, field: Field | null) => boolean): void {
  let typed = "";
  let last = 0;
  let before: { field: Field; value: string } | null = null;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const now = event.timeStamp;
      if (now - last > BETWEEN_KEYS_MS) typed = "";
      last = now;
      if (event.key === "Enter" && typed.length >= SHORTEST) {
        const field = focused();
        if (scanned(typed, field)) {
          event.preventDefault();
          event.stopPropagation();
          if (before) before.field.value = before.value;
        }
        typed = "";
      } else if (event.key.length === 1) {
        const field = focused();
        if (typed === "") before = field && { field, value: field.value };
        typed += event.key;
      }
    },
    true,
  );
}
