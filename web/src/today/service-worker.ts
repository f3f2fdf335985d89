// The service worker of /today: the network first; without it, the list as it was last drawn.

import { KeptFiles, type Kept, type Worker } from "../kept-pages";
import { forgetList, keepList, keptList } from "./kept-list";

/** Put in front of this file by the server. */
declare const KEPT: Kept;

/** A network that says nothing for so long is none: somebody stands at a door. */
const PATIENCE_MS = 6_000;
/** The server is there and cannot answer. */
const AWAY = [502, 503, 504];

const NONE = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>今日任务 · Today</title><h1>今日任务</h1><p>没有网络，本机也没有留存的任务清单。有网络时打开一次本页，当天即可离线使用。</p>
<h1 lang="en">Today</h1><p lang="en">There is no network, and no list is kept on this phone. Open this page once with a network: then it works without for the day.</p>
<p><a href="/today">重试 · Try again</a></p>`;

function none(): Response {
  return new Response(NONE, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
}

/** The list of now. Whoever is not let in any more, as when the phone was reported lost, does not find the old one either. */
async function asked(request: Request): Promise<Response> {
  const answer = await fetch(request);
  if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) await forgetList();
  else if (answer.ok) await keepList(answer.clone());
  return answer;
}

async function today(request: Request): Promise<Response> {
  const waited = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const network = asked(request).catch(() => null);
  const answer = await Promise.race([network, waited]);
  if (answer && !AWAY.includes(answer.status)) return answer;
  const kept = await keptList().catch(() => null);
  // Nothing is kept: a slow network is worth waiting for.
  return kept ?? answer ?? (await network) ?? none();
}

const worker = self as unknown as Worker;
// The page that is open fits any version of it: the network's page comes first.
worker.addEventListener("install", () => void worker.skipWaiting());
new KeptFiles(worker, "today", KEPT.files, KEPT.version).listen((url, request) => {
  if (url.pathname !== "/today" || url.searchParams.has("as_of")) return null;
  return today(request);
});
