// Serves the written gallery with the content security policy of the product, so that what it forbids is found.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };

/** Starts a server over the folder `out`; `posts` answers POST requests (path, body) with HTML or nothing. */
export async function serveGallery(out, posts = () => undefined) {
  const root = normalize(out);
  const server = createServer(async (request, response) => {
    const path = normalize(join(root, decodeURIComponent(new URL(request.url, "http://x").pathname)));
    if (request.method === "POST") {
      let body = "";
      for await (const chunk of request) body += chunk;
      const answer = posts(new URL(request.url, "http://x").pathname, new URLSearchParams(body));
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": TYPES[".html"], "content-security-policy": POLICY });
      return response.end(answer);
    }
    if (!path.startsWith(root) || !existsSync(path)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream", "content-security-policy": POLICY });
    response.end(readFileSync(path));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { base: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** The browser of all checks here. */
export const LAUNCH = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Without `RenderDocument` a page that is opened again without network knows that there is none from its first line on.
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-features=RenderDocument"],
};
