// The service worker of /check. Calls to the server and all other pages pass through untouched.

import { KeptPages, type KeptWithPages, type Worker } from "../kept-pages";

/** Put in front of this file by the server. */
declare const KEPT: KeptWithPages;

const pages = new KeptPages(self as unknown as Worker, "check", KEPT);
pages.listen((url, request) => (url.pathname === "/check" ? pages.page(request) : null));
