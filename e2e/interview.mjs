// A tracer gives a case a link; the first phone that opens it names people, once, and shows nothing of it again.
//
//   node --test interview.mjs     LIANFANG_BIN names the program, LIANFANG_SHOTS a folder for pictures
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { LAUNCH } from "./gallery-server.mjs";
import { demonstration } from "./program.mjs";
import { DESK, LOOKS, PHONE, holds, press, signInAs, visit } from "./visitor.mjs";

let city;
let browser;

before(async () => {
  city = await demonstration();
  browser = await chromium.launch(LAUNCH);
});

after(async () => {
  await browser?.close();
  city?.end();
});

for (const [lang, viewport] of LOOKS) {
  const how = `${lang}-${viewport.width}`;
  test(`a case names contacts by a link (${how})`, async () => {
    const { page, noise } = await visit(browser, lang, viewport);
    await signInAs(page, city, "contact-tracer");
    const found = await page.request.get(`${city.url}/api/v1/entries?register=arrival&limit=1`);
    const [{ subject }] = (await found.json()).items;
    await page.goto(`${city.url}/subjects/${subject}/interview`);
    await holds(page, `interview-links-none-${how}`);
    await press(page, page.locator("main button.primary"));
    await holds(page, `interview-links-made-${how}`);
    const code = await page.locator("main .secret").innerText();
    const link = (await page.locator("main p.quiet", { hasText: "/interview/" }).innerText()).trim();
    const phone = await visit(browser, lang, viewport === DESK ? PHONE : viewport);
    await phone.page.goto(link);
    await holds(phone.page, `interview-arrived-${how}`);
    await press(phone.page, phone.page.locator("main button.primary"));
    await holds(phone.page, `interview-questions-${how}`);
    await press(phone.page, phone.page.locator("main button.primary"));
    await holds(phone.page, `interview-refused-${how}`);
    const field = (name) => phone.page.locator(`[name='people.0.${name}']`);
    await field("name").fill("样例接触者");
    await field("met_on").fill(new Date(Date.now() - 86_400_000).toISOString().slice(0, 10));
    await phone.page.locator("[name='people.0.met_at'][value=work]").check();
    await press(phone.page, phone.page.locator("main button.primary"));
    await holds(phone.page, `interview-done-${how}`);
    assert.match(phone.page.url(), /done=1/);
    await phone.page.goto(`${city.url}/interview`);
    await holds(phone.page, `interview-code-${how}`);
    assert.doesNotMatch(await phone.page.locator("body").innerText(), /样例接触者/);
    const other = await visit(browser, lang, PHONE);
    await other.page.goto(`${city.url}/interview`);
    await other.page.locator("input[name=code]").fill(code);
    await press(other.page, other.page.locator("main button.primary"));
    await holds(other.page, `interview-code-refused-${how}`);
    await page.goto(`${city.url}/subjects/${subject}/interview`);
    await holds(page, `interview-links-used-${how}`);
    assert.deepEqual([...noise, ...phone.noise, ...other.noise], []);
  });

  test(`labels of a round are printed a thousand at a time (${how})`, async () => {
    const { page } = await visit(browser, lang, viewport);
    await signInAs(page, city, "sampler");
    await page.goto(`${city.url}/labels?round=1&mark=A001&first=1&count=2500`);
    await holds(page, `labels-${how}`);
    assert.equal(await page.locator(".labels li").count(), 1_000);
    if (process.env.LIANFANG_SHOTS && viewport === DESK) {
      await page.pdf({ path: `${process.env.LIANFANG_SHOTS}/labels-${lang}.pdf`, format: "A4", printBackground: true });
    }
  });
}
