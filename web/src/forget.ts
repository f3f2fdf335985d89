// Forgetting on this phone: whoever leaves their page leaves no pass behind either, and whoever signs out no list of tasks.

import { forgetPages } from "./kit/kept-page";

async function forgetPasses(): Promise<void> {
  indexedDB.deleteDatabase("lianfang-pass");
  for (const name of await caches.keys()) if (name.startsWith("pass-") || name === "language-of-pass") await caches.delete(name);
  const registration = await navigator.serviceWorker?.getRegistration("/pass");
  if (registration && new URL(registration.scope).pathname === "/pass") await registration.unregister();
}

function before(forms: string, forget: () => Promise<void>): void {
  document.querySelectorAll<HTMLFormElement>(forms).forEach((form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const send = (): void => HTMLFormElement.prototype.submit.call(form);
      void forget().then(send, send);
    });
  });
}

/** Forms inside what is marked so clear what this phone keeps of passes before they are sent. */
export const forgetPassesWithForms = (): void => before("[data-forget-passes] form", forgetPasses);

/** Signing out takes the pages that are kept with it, as today's tasks; answers that wait stay, sealed. */
export const forgetListWithForms = (): void => before("form[data-forget]", forgetPages);
