// Builds web/dist and holds the size budget of public pages. `npm run build`.
import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";

const dist = new URL("./dist/", import.meta.url).pathname;
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

// Old phones and the browsers inside chat programs: Chromium 66 is about the oldest still seen.
const target = ["chrome66", "safari12", "firefox78"];
const shared = { bundle: true, minify: true, legalComments: "none", outdir: dist, absWorkingDir: new URL(".", import.meta.url).pathname, logLevel: "warning" };

await build({ ...shared, target, format: "iife", entryPoints: { app: "src/app.ts", public: "src/public.ts" } });
await build({ ...shared, target, entryPoints: { app: "style/app.css" } });
// Charts load on demand, in browsers with modules; others keep the picture from the server.
await build({ ...shared, target: ["es2020"], format: "esm", splitting: true, chunkNames: "chart-[hash]", entryPoints: { charts: "src/charts.ts" } });
copyFileSync(new URL("./src/icon.svg", import.meta.url), dist + "icon.svg");

const gz = (name) => gzipSync(readFileSync(dist + name), { level: 9 }).length;
const kb = (bytes) => (bytes / 1000).toFixed(1) + " kB";
for (const name of readdirSync(dist).sort()) console.log(name.padEnd(24), kb(gz(name)).padStart(9), "gzip");

const PUBLIC_BUDGET = 50_000;
const HTML_ALLOWANCE = 12_000; // the largest public page, held by a test of crates/ui
const total = gz("app.css") + gz("public.js") + gz("icon.svg") + HTML_ALLOWANCE;
console.log(`public page: ${kb(total)} of ${kb(PUBLIC_BUDGET)} (styles, script, icon and ${kb(HTML_ALLOWANCE)} of HTML)`);
if (total > PUBLIC_BUDGET) {
  console.error("public pages are over their budget");
  process.exit(1);
}
