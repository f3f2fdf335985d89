// Forgetting on this phone: whoever leaves their page leaves no pass behind either.

async function forgetPasses(): Promise<void> {
  indexedDB.deleteDatabase("lianfang-pass");
  for (const name of await caches.keys()) if (name.startsWith("pass-") || name === "language-of-pass") await caches.delete(name);
  const registration = await navigator.serviceWorker?.getRegistration("/pass");
  if (registration && new URL(registration.scope).pathname === "/pass") await registration.unregister();
}

/** Forms inside what is marked so clear what this phone keeps before they are sent. */
export function forgetWithForms(): void {
  document.querySelectorAll<HTMLFormElement>("[data-forget-passes] form").forEach((form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const send = (): void => HTMLFormElement.prototype.submit.call(form);
      void forgetPasses().then(send, send);
    });
  });
}
