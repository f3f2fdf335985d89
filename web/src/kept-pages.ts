// What service workers here share: a list of files and of one page in both languages lies on the phone after the first
// visit, and nothing of it is asked for again until there is a new version.

/** Put in front of a worker by the server. */
export interface Kept {
  version: string;
  files: string[];
}

/** The same with a page that is the same for everybody. */
export interface KeptWithPages extends Kept {
  pages: { zh: string; en: string };
}

type Language = keyof KeptWithPages["pages"];

export interface WorkerEvent extends Event {
  request: Request;
  data: unknown;
  waitUntil(promise: Promise<unknown>): void;
  respondWith(response: Promise<Response>): void;
}

export interface Worker {
  location: Location;
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void;
}

const isLanguage = (word: string | null | undefined): word is Language => word === "zh" || word === "en";

/** Notes the language in which the app `name` is to be opened when its address says none. */
export async function keepLanguage(name: string, language: string): Promise<void> {
  const cache = await caches.open(`language-of-${name}`);
  await cache.put(`/${name}/language`, new Response(language));
}

/** The files of an app. */
export class KeptFiles {
  protected readonly cache: string;

  constructor(
    private readonly worker: Worker,
    private readonly name: string,
    private readonly files: string[],
    version: string,
  ) {
    this.cache = `${name}-${version}`;
    worker.addEventListener("install", (event) => event.waitUntil(this.install()));
    worker.addEventListener("activate", (event) => event.waitUntil(this.tidy()));
    worker.addEventListener("message", (event) => {
      if (event.data === "change over") void worker.skipWaiting();
    });
  }

  private async install(): Promise<void> {
    const cache = await caches.open(this.cache);
    // Without cookies: asking for something in the other language must not change the language of the pages that follow.
    await cache.addAll(this.files.map((address) => new Request(address, { credentials: "omit" })));
  }

  private async tidy(): Promise<void> {
    const names = (await caches.keys()).filter((name) => name.startsWith(`${this.name}-`) && name !== this.cache);
    await Promise.all(names.map((name) => caches.delete(name)));
    await this.worker.clients.claim();
  }

  /** A file as it is kept; the network for what is not. */
  private async file(request: Request): Promise<Response> {
    return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
  }

  /** Answers what the page and its files are asked for; `navigate` says what a visit to an address gets, if anything. */
  listen(navigate: (url: URL, request: Request) => Promise<Response> | null): void {
    this.worker.addEventListener("fetch", (event) => {
      const { request } = event;
      const url = new URL(request.url);
      if (request.method !== "GET" || url.origin !== this.worker.location.origin) return;
      const visited = request.mode === "navigate" ? navigate(url, request) : null;
      if (visited) event.respondWith(visited);
      else if (this.files.includes(url.pathname + url.search)) event.respondWith(this.file(request));
    });
  }
}

/** The files of an app, and its page, the same for everybody. */
export class KeptPages extends KeptFiles {
  constructor(
    worker: Worker,
    private readonly app: string,
    private readonly kept: KeptWithPages,
  ) {
    super(worker, app, [...kept.files, kept.pages.zh, kept.pages.en], kept.version);
  }

  /** The language that was last asked for by address: the app may be opened without one. */
  private async language(asked: string | null): Promise<Language> {
    if (isLanguage(asked)) {
      await keepLanguage(this.app, asked);
      return asked;
    }
    const cache = await caches.open(`language-of-${this.app}`);
    const noted = await (await cache.match(`/${this.app}/language`))?.text();
    if (isLanguage(noted)) return noted;
    return navigator.language.startsWith("zh") ? "zh" : "en";
  }

  /** The page as it is kept, in the language asked for. */
  async page(request: Request): Promise<Response> {
    const asked = new URL(request.url).searchParams.get("lang");
    const address = this.kept.pages[await this.language(asked)];
    return (await caches.match(address, { cacheName: this.cache, ignoreVary: true })) ?? fetch(request);
  }
}
