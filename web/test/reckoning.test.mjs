// A door without network: what is inside is the last known figure and what was counted here, of this venue only.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bundled } from "./bundled.mjs";

const { inside, isOver, read, told } = await bundled(`export { inside, isOver, read, told } from "./src/door/reckoning";`);
const VENUE = "01a1f48a-3260-7b5c-bd1f-37beb429cd59";

test("what waits is read back as it was counted, and only at its own venue", () => {
  const count = { way: "in", people: 5 };
  assert.deepEqual(read(VENUE, told(VENUE, count)), count);
  assert.equal(read("another", told(VENUE, count)), null);
  for (const odd of [undefined, "", VENUE, `${VENUE} up 2`, `${VENUE} in x`, `${VENUE} in -1`]) assert.equal(read(VENUE, odd), null);
});

test("in is added to the last known figure and out is taken off", () => {
  const counts = [{ way: "in", people: 5 }, { way: "out", people: 2 }, { way: "in", people: 1 }];
  assert.equal(inside({ present: 40, at: 0 }, counts), 44);
});

test("at the cap one more is over it, and without a cap everybody is", () => {
  assert.deepEqual([isOver(49, 1, 50), isOver(50, 1, 50), isOver(49, 2, 50), isOver(0, 1, null)], [false, true, true, true]);
});
