// The pass as a phone keeps and draws it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { bundled } from "./bundled.mjs";

const { codeOf, standing } = await bundled('export * from "./src/pass/code"; export { standing } from "./src/pass/kept-passes";');
const require = createRequire(import.meta.url);
const wasmBinary = readFileSync(require.resolve("zxing-wasm/reader/zxing_reader.wasm"));
prepareZXingModule({ overrides: { wasmBinary } });

/** The code as a picture: six pixels a module. */
function picture(code) {
  const side = code.size * 6;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      if (code.isDark(Math.floor(x / 6), Math.floor(y / 6))) data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  return { data, width: side, height: side };
}

test("what the phone draws is what the pass says, and no larger than the server's", async () => {
  // As long as a pass is: Base45 of some 150 bytes.
  const text = `LF1:${"6BFOXN*TS0BI$ZD4N 9:9S6RCVN5+O30K3".repeat(6)}`;
  const code = codeOf(text);
  const [read] = await readBarcodes(picture(code), { formats: ["QRCode"] });
  assert.equal(read.text, text);
  // Version 10 has 57 modules a side, and the quiet zone eight more.
  assert.ok(code.size <= 57 + 8, `${code.size} modules a side`);
});

test("a pass is early, valid for its day, past, and never valid again once revoked", () => {
  const pass = { from: 1_000, until: 2_000, isGone: false };
  const at = [999, 1_000, 1_999, 2_000].map((now) => standing(pass, now));
  assert.deepEqual(at, ["early", "valid", "valid", "past"]);
  assert.equal(standing({ ...pass, isGone: true }, 1_500), "gone");
});
