// Keeping the app on the phone: the service worker, storage that is not cleared, the way to the home screen.

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

/** Shows the button when the browser offers to install. */
export function installing(button: HTMLElement): void {
  let offered: InstallPrompt | null = null;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offered = event as InstallPrompt;
    button.hidden = false;
  });
  button.addEventListener("click", () => void offered?.prompt());
  addEventListener("appinstalled", () => {
    button.hidden = true;
  });
}

/** Starts the service worker; `ready` is called with a way to change over when a newer version waits. */
export async function keepOffline(ready: (change: () => void) => void): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/check/sw.js", { scope: "/check" });
  const offer = (worker: ServiceWorker): void => {
    if (navigator.serviceWorker.controller) ready(() => worker.postMessage("change over"));
  };
  if (registration.waiting) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed") offer(worker);
    });
  });
  const hadOne = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (hadOne) location.reload();
  });
}
