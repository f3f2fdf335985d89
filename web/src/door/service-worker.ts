// The service worker of the counters at doors.

import type { Kept } from "../kept-pages";
import { serveKept } from "../kit/kept-worker";

/** Put in front of this file by the server. */
declare const KEPT: Kept;

const COUNTER = /^\/venues\/[0-9a-f-]{36}$/;
const NONE = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>场所计数 · Counter</title><h1>场所计数</h1><p>没有网络，本机也没有留存这个场所的计数页。有网络时打开一次，当天即可离线使用。</p>
<h1 lang="en">Counter</h1><p lang="en">There is no network, and the counter of this venue is not kept on this phone. Open it once with a network: then it works without for the day.</p>`;

serveKept("door", KEPT, (url) => (COUNTER.test(url.pathname) ? url.pathname : null), NONE);
