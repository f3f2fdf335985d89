// The service worker of /today.

import type { Kept } from "../kept-pages";
import { serveKept } from "../kit/kept-worker";
import { KEPT_AT } from "./kept-at";

/** Put in front of this file by the server. */
declare const KEPT: Kept;

const NONE = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>今日任务 · Today</title><h1>今日任务</h1><p>没有网络，本机也没有留存的任务清单。有网络时打开一次本页，当天即可离线使用。</p>
<h1 lang="en">Today</h1><p lang="en">There is no network, and no list is kept on this phone. Open this page once with a network: then it works without for the day.</p>
<p><a href="/today">重试 · Try again</a></p>`;

serveKept("today", KEPT, (url) => (url.pathname === "/today" ? KEPT_AT : null), NONE);
