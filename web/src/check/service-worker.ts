// The service worker of /check: everything the app is made of lies on the phone after the first visit, and nothing of it is
// asked for again until there is a new version. Calls to the server and all other pages pass through untouched.

/** Put in front of this file by the server. */
declare const KEPT: { version: string; pages: { zh: string; en: string }; files: string[] };

const worker = self as unknown as ServiceWorkerGlobalScope;
const NAME = `check-${KEPT.version}`;
const LANGUAGE = "/check/language";

type Language = keyof typeof KEPT.pages;

interface ServiceWorkerGlobalScope {
  location: Location;
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void;
}

interface WorkerEvent extends Event {
  request: Request;
  data: unknown;
  waitUntil(promise: Promise<unknown>): void;
  respondWith(response: Promise<Response>): void;
}

async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  // Without cookies: asking for something in the other language must not change the language of the pages that follow.
  const kept = [...KEPT.files, KEPT.pages.zh, KEPT.pages.en];
  await cache.addAll(kept.map((address) => new Request(address, { credentials: "omit" })));
}

async function tidy(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith("check-") && name !== NAME);
  await Promise.all(names.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The language that was last asked for by address: the app may be opened without one. */
async function language(asked: string | null): Promise<Language> {
  const cache = await caches.open("language-of-check");
  if (asked === "zh" || asked === "en") {
    await cache.put(LANGUAGE, new Response(asked));
    return asked;
  }
  const kept = await (await cache.match(LANGUAGE))?.text();
  if (kept === "zh" || kept === "en") return kept;
  return navigator.language.startsWith("zh") ? "zh" : "en";
}

async function page(request: Request, asked: string | null): Promise<Response> {
  const kept = await caches.match(KEPT.pages[await language(asked)], { cacheName: NAME, ignoreVary: true });
  return kept ?? fetch(request);
}

async function file(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(tidy()));
worker.addEventListener("message", (event) => {
  if (event.data === "change over") void worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/check") event.respondWith(page(request, url.searchParams.get("lang")));
  else if (KEPT.files.includes(url.pathname + url.search)) event.respondWith(file(request));
});
