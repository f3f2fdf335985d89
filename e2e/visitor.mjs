// Somebody with a browser: opens pages, signs in, and sees whether what is shown holds.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.LIANFANG_SHOTS;
export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1440, height: 900 };

/** A browser of one person's own, with what its pages complain about. */
export async function visit(browser, lang, viewport, options = {}) {
  const context = await browser.newContext({ viewport, locale: lang, bypassCSP: true, ...options });
  const page = await context.newPage();
  const noise = [];
  page.on("pageerror", (error) => noise.push(String(error)));
  return { context, page, noise };
}

/** Holds a page to WCAG 2.2 AA by axe and to the width of its screen; keeps a picture if asked to. */
export async function holds(page, name, script = true) {
  assert.ok(!page.url().includes("chrome-error"), `${name}: no answer`);
  if (shots) {
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  }
  // Without script nothing can be measured inside the page; the way with script measures the same pages.
  if (!script) return;
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${name} is ${wider} px wider than the screen`);
  await page.evaluate(axe);
  const result = await page.evaluate(() =>
    window.axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } }),
  );
  const faults = result.violations.map((fault) => `${fault.id}: ${fault.nodes[0]?.html.slice(0, 140)}`);
  assert.deepEqual(faults, [], name);
}

/** Signs in as the demonstration's account of a role. */
export async function signInAs(page, city, role) {
  const login = city.logins[role];
  await page.goto(`${city.url}/sign-in`);
  await page.locator("input[name=login]").fill(login.login);
  await page.locator("input[name=password]").fill(login.password);
  await Promise.all([page.waitForNavigation(), page.locator("main form button[type=submit]").last().click()]);
}

/** A browser of its own in which the demonstration's account of a role has signed in. */
export async function staff(browser, city, role, lang = "en", viewport = DESK, options = {}) {
  const { context, page, noise } = await visit(browser, lang, viewport, options);
  await page.goto(`${city.url}/?lang=${lang === "en" ? "en" : "zh"}`);
  await signInAs(page, city, role);
  return { context, page, noise };
}

/** Sends a form and waits for the page that answers it. */
export const press = (page, button) => Promise.all([page.waitForNavigation(), button.click()]);

/** The two looks every journey is held to: a phone in Chinese, a desk in English. */
export const LOOKS = [
  ["zh-CN", PHONE],
  ["en", DESK],
];
