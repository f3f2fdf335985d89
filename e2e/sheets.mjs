// Sheets and rosters: a sheet of another sender is tried, its columns named once, imported without being chosen again; a
// saved list follows the account to another device; a gap of a roster is filled from the calendar.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { LAUNCH } from "./gallery-server.mjs";
import { demonstration } from "./program.mjs";
import { LOOKS, holds, press, staff } from "./visitor.mjs";

let city;
let browser;

before(async () => {
  city = await demonstration({ people: 100, days: 2 });
  browser = await chromium.launch(LAUNCH);
});

after(async () => {
  await browser?.close();
  city?.end();
});

const as = (role, ...look) => staff(browser, city, role, ...look);

const sheet = (first) => ({
  name: "station.csv",
  mimeType: "text/csv",
  buffer: Buffer.from(`No.,Passenger,Card,Stays at\n1,Sample ${first},E7100000${first},home\n2,Sample ${first + 1},E7100000${first + 1},home\n`),
});

test("the columns of a sheet are named once", async () => {
  const { context, page, noise } = await as("grid-worker");
  await page.goto(`${city.url}/registers/arrival/import`);
  await page.locator("input[name=file]").setInputFiles(sheet(1));
  await press(page, page.locator("button[name=act][value=try]"));
  await holds(page, "import-tried-en-1440");
  const column = (title) => page.getByLabel(title, { exact: true });
  await column("Passenger").selectOption("name");
  await column("Card").selectOption("id_doc");
  await column("Stays at").selectOption("place_type");
  await press(page, page.locator("button[name=act][value=import]"));
  await page.goto(`${city.url}/registers/arrival/import`);
  await page.locator("input[name=file]").setInputFiles(sheet(3));
  await press(page, page.locator("button[name=act][value=try]"));
  assert.equal(await column("Passenger").inputValue(), "name", "the next sheet with these titles is read the same way");
  assert.deepEqual(noise, []);
  await context.close();
});

for (const [lang, viewport] of LOOKS) {
  const how = `${lang}-${viewport.width}`;
  test(`a roster is looked at as a calendar (${how})`, async () => {
    const { context, page, noise } = await as("duty-chief", lang, viewport);
    await page.goto(`${city.url}/registers/duty/calendar`);
    await holds(page, `roster-week-${how}`);
    await page.goto(`${city.url}/registers/duty/calendar?span=month`);
    await holds(page, `roster-month-${how}`);
    assert.deepEqual(noise, []);
    await context.close();
  });
}
