// Pages of one account as they were last drawn, on the phone for where there is no network: for as long as the server said,
// and no longer than somebody is signed in.

const CACHE = "kept-list";
/** For how many seconds the server lets a phone keep the page; without it the page is not kept. */
const KEEP_S = "x-keep-on-phone-s";
const UNTIL = "x-until";
const SINCE = "x-since";

/** Keeps the answer of a page under an address, marked with this phone's time at which it came. */
export async function keepPage(address: string, answer: Response): Promise<void> {
  const seconds = Number(answer.headers.get(KEEP_S));
  if (!answer.ok || answer.redirected || !(seconds > 0)) return;
  const now = Date.now();
  const page = (await answer.text()).replace("<html ", `<html data-kept="${now}" `);
  const headers = { "content-type": "text/html; charset=utf-8", [SINCE]: String(now), [UNTIL]: String(now + seconds * 1000) };
  const policy = answer.headers.get("content-security-policy");
  const kept = new Response(page, { headers: policy ? { ...headers, "content-security-policy": policy } : headers });
  await (await caches.open(CACHE)).put(address, kept);
}

/** The page, unless its time is over: then it is put away. */
export async function keptPage(address: string): Promise<Response | null> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(address);
  if (!kept) return null;
  if (Date.now() < Number(kept.headers.get(UNTIL))) return kept;
  await cache.delete(address);
  return null;
}

/** Whether the page was kept after the moment `at` of this phone's clock. */
export async function isKeptSince(address: string, at: number): Promise<boolean> {
  return Number((await keptPage(address))?.headers.get(SINCE)) >= at;
}

/** Nothing of the pages stays. What was tapped and not sent does: it is sealed. */
export async function forgetPages(): Promise<void> {
  await caches.delete(CACHE);
}
