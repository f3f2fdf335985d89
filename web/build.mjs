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
// The checkpoint app and its service worker. The decoder of codes is a piece of its own, loaded with the first scan.
// Safari 12 takes destructuring apart from rare cases of names in default values, which nothing here uses.
const phone = { ...shared, target, supported: { destructuring: true } };
await build({ ...phone, format: "esm", splitting: true, chunkNames: "check-[hash]", entryPoints: { check: "src/check/main.ts" } });
// The tasks of today, answered without network.
await build({ ...phone, format: "iife", entryPoints: { today: "src/today/main.ts", "today-worker": "src/today/service-worker.ts" } });
// The counter at a door, without network.
await build({ ...phone, format: "iife", entryPoints: { door: "src/door/main.ts", "door-worker": "src/door/service-worker.ts" } });
// Pages with a pass, and what shows it without the server.
await build({ ...phone, format: "iife", entryPoints: { pass: "src/pass/main.ts", "pass-worker": "src/pass/service-worker.ts" } });
await build({ ...phone, format: "iife", entryPoints: { "check-worker": "src/check/service-worker.ts", check: "style/check.css" } });
copyFileSync(new URL("./node_modules/zxing-wasm/dist/reader/zxing_reader.wasm", import.meta.url), dist + "zxing_reader.wasm");
copyFileSync(new URL("./src/icon.svg", import.meta.url), dist + "icon.svg");
// Pictures of it for launchers that take no drawing; made by `npm run icons` in e2e/.
for (const name of readdirSync(new URL("./src/icons/", import.meta.url))) copyFileSync(new URL(`./src/icons/${name}`, import.meta.url), dist + name);

const gz = (name) => gzipSync(readFileSync(dist + name), { level: 9 }).length;
const kb = (bytes) => (bytes / 1000).toFixed(1) + " kB";
for (const name of readdirSync(dist).sort()) console.log(name.padEnd(24), kb(gz(name)).padStart(9), "gzip");

const PUBLIC_BUDGET = 50_000;
const HTML_ALLOWANCE = 12_000; // the largest public page, held by a test of crates/ui
const total = gz("app.css") + gz("public.js") + gz("pass.js") + gz("pass-worker.js") + gz("icon.svg") + HTML_ALLOWANCE;
console.log(`public page: ${kb(total)} of ${kb(PUBLIC_BUDGET)} (styles, scripts with those of the pass, icon and ${kb(HTML_ALLOWANCE)} of HTML)`);

const CHECK_BUDGET = 550_000;
const CHECK_HTML_ALLOWANCE = 16_000; // the page in both languages, as the phone keeps it
const pieces = readdirSync(dist).filter((name) => /^(check|zxing_reader|icon-)/.test(name));
const install = pieces.reduce((sum, name) => sum + gz(name), gz("icon.svg") + CHECK_HTML_ALLOWANCE);
console.log(`checkpoint app: ${kb(install)} of ${kb(CHECK_BUDGET)} at the first install with its decoder, nothing afterwards`);

const over = [total > PUBLIC_BUDGET && "public pages", install > CHECK_BUDGET && "the checkpoint app"].filter(Boolean);
if (over.length > 0) {
  console.error(`over budget: ${over.join(", ")}`);
  process.exit(1);
}
