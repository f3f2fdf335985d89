// After a form was sent back: the focus goes to the summary of what must be mended.

export function focusProblems(root: ParentNode = document): void {
  root.querySelector<HTMLElement>("[data-problems]")?.focus();
}
