// A service worker of pages of one account: the network first; without it, the page as it was last drawn.

import { KeptFiles, type Kept, type Worker } from "../kept-pages";
import { forgetPages, keepPage, keptPage } from "./kept-page";

/** A network that says nothing for so long is none: somebody stands at a door. */
const PATIENCE_MS = 6_000;
/** The server is there and cannot answer. */
const AWAY = [502, 503, 504];

/** Answers visits to the pages that `addressOf` gives an address to be kept under; `none` is said where nothing is kept. */
export function serveKept(name: string, kept: Kept, addressOf: (url: URL) => string | null, none: string): void {
  const worker = self as unknown as Worker;

  /** The page of now. Whoever is not let in any more, as when the phone was reported lost, does not find the old one either. */
  async function asked(address: string, request: Request): Promise<Response> {
    const answer = await fetch(request);
    if ([401, 403].includes(answer.status)) await forgetPages();
    else if (answer.type === "opaqueredirect") await forgetPages();
    else if (answer.ok) await keepPage(address, answer.clone());
    return answer;
  }

  async function visited(address: string, request: Request): Promise<Response> {
    const waited = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
    const network = asked(address, request).catch(() => null);
    const answer = await Promise.race([network, waited]);
    if (answer && !AWAY.includes(answer.status)) return answer;
    const page = await keptPage(address).catch(() => null);
    // Nothing is kept: a slow network is worth waiting for.
    return page ?? answer ?? (await network) ?? new Response(none, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
  }

  // The page that is open fits any version of it: the network's page comes first.
  worker.addEventListener("install", () => void worker.skipWaiting());
  new KeptFiles(worker, name, kept.files, kept.version).listen((url, request) => {
    const address = url.searchParams.has("as_of") ? null : addressOf(url);
    return address === null ? null : visited(address, request);
  });
}
