// What is missing, what needs a reason, what is counted; and that script has a word for everything it says.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { bundled } from "./bundled.mjs";

const { missing, objections, isOffered, needsReason, readCelsius, readPlate, counted, newShift, table, readMeasurement } = await bundled(`
  export * from "./src/check/attempt";
  export { counted, newShift, table } from "./src/check/shift";
  export { readMeasurement } from "./src/check/thermometer";
`);
const FEVER = 37.3;
const whole = { way: "scan", text: "LF1:", verdict: "ok", kind: "pass", claims: {}, document: "match", celsius: 36.5, direction: "in", plate: null };

test("all three are needed to admit, and only then it is offered", () => {
  assert.deepEqual(missing(null), ["pass", "document", "temperature"]);
  assert.deepEqual(missing({ ...whole, document: null, celsius: null }), ["document", "temperature"]);
  assert.deepEqual(missing(whole), []);
  for (const lacking of [null, { ...whole, document: null }, { ...whole, celsius: null }]) assert.equal(isOffered(lacking, "admit"), false);
  assert.equal(isOffered(whole, "admit"), true);
  assert.equal(isOffered({ ...whole, celsius: null }, "refuse"), true, "who will not be measured can be turned back");
});

test("admitting needs no reason when everything fits, and one for each thing that does not", () => {
  assert.deepEqual(objections(whole, FEVER), []);
  assert.equal(needsReason(whole, "admit", FEVER), false);
  for (const [change, objection] of [
    [{ verdict: "wrong_day" }, "reason-wrong_day"],
    [{ verdict: "none", kind: "none", claims: null, document: "not_compared" }, "none"],
    [{ kind: "certificate" }, "object-certificate"],
    [{ kind: "foreign" }, "object-foreign"],
    [{ document: "differs" }, "object-differs"],
    [{ document: "not_compared" }, "object-not-compared"],
    [{ celsius: 37.3 }, "object-fever"],
  ]) {
    assert.deepEqual(objections({ ...whole, ...change }, FEVER), [objection]);
    assert.equal(needsReason({ ...whole, ...change }, "admit", FEVER), true);
  }
  for (const decision of ["refuse", "hold"]) assert.equal(needsReason(whole, decision, FEVER), true);
});

test("a temperature is three digits with or without a point", () => {
  for (const [typed, celsius] of [["365", 36.5], ["36.5", 36.5], [" 40。1", 40.1], ["36", null], ["3655", null], ["", null], ["299", null], ["451", null], ["450", 45]]) {
    assert.equal(readCelsius(typed), celsius, typed);
  }
});

test("a plate is written in one way", () => {
  assert.equal(readPlate(" 甘m·12345 "), "甘M12345");
  assert.equal(readPlate("  "), null);
});

test("a thermometer's reading is a temperature in degrees Celsius", () => {
  const value = (...bytes) => new DataView(Uint8Array.from(bytes).buffer);
  assert.equal(readMeasurement(value(0, 0x6d, 0x01, 0, 0xff)), 36.5);
  assert.equal(readMeasurement(value(1, 0xd9, 0x03, 0, 0xff)), 36.9, "98.5 °F");
  assert.equal(readMeasurement(value(0, 0xff, 0xff, 0x7f, 0)), null, "no number");
  assert.equal(readMeasurement(value(0)), null);
});

test("a shift counts person-times by decision and way", () => {
  let shift = newShift(1);
  for (const [decision, way] of [["admit", "scan"], ["admit", "scan"], ["refuse", "paper"], ["hold", "helper"]]) shift = counted(shift, decision, way);
  assert.deepEqual(table(shift), [
    [2, 0, 0, 0, 2],
    [0, 0, 1, 0, 1],
    [0, 0, 0, 1, 1],
    [2, 0, 1, 1, 4],
  ]);
  assert.deepEqual(table(newShift(1))[3], [0, 0, 0, 0, 0]);
});

test("every word that script says is carried by the page", () => {
  const source = new URL("../src/check/", import.meta.url);
  const code = readdirSync(source).map((name) => readFileSync(new URL(name, source), "utf8")).join("\n");
  const list = readFileSync(new URL("../../crates/ui/src/views/check/words.rs", import.meta.url), "utf8");
  const carried = new Set([...list.matchAll(/"check-(?:js-)?([\w-]+)"/g)].map(([, key]) => key));
  const said = [...code.matchAll(/say\(\s*"([\w-]+)"/g), ...code.matchAll(/\? "([a-z-]+)" : "[a-z-]+"[,)]/g), ...code.matchAll(/found\.push\("([\w-]+)"/g)].map(([, key]) => key);
  const isOfOthers = (key) => key.startsWith("reason-") && key !== "reason-for";
  assert.ok(said.length > 40, String(said.length));
  assert.deepEqual([...new Set(said)].filter((key) => /^[a-z]/.test(key) && !carried.has(key) && !isOfOthers(key) && !ELSEWHERE.has(key)), []);
});

/** Two-way choices in the code that are no words. */
const ELSEWHERE = new Set(["unknown", "done", "do-hold", "do-refuse", "console", "omit", "zh"]);
