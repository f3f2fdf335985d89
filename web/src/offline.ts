// Says when the network is gone. What was typed stays on the device either way (drafts).

export function noteOffline(): void {
  const show = (): void => {
    document.querySelectorAll<HTMLElement>("[data-offline]").forEach((note) => {
      note.hidden = navigator.onLine;
    });
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
