// The service worker of /pass: a pass that lies on this phone is shown without asking the server, so that a pass can be
// shown while the server is slow or away, and a morning's rush of passes never reaches it.

import { KeptPages, type KeptWithPages, type Worker } from "../kept-pages";
import { find } from "./kept-passes";

/** Put in front of this file by the server. */
declare const KEPT: KeptWithPages;

const PASS = /^\/pass\/([0-9a-f-]{36})$/;
const pages = new KeptPages(self as unknown as Worker, "pass", KEPT);

/** What this phone keeps is drawn by the page itself; another pass is asked for, and without network the page says so. */
async function shown(id: string, request: Request): Promise<Response> {
  if (await find(id).catch(() => null)) return pages.page(request);
  return fetch(request).catch(() => pages.page(request));
}

pages.listen((url, request) => {
  if (url.pathname === "/pass") return pages.page(request);
  const id = PASS.exec(url.pathname)?.[1];
  return id === undefined ? null : shown(id, request);
});
