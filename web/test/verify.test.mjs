// The verifier of the phone against vectors that the crate `pass` wrote, and every change of a single character.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bundled } from "./bundled.mjs";

const { verify, readKeys, RevocationList, decodeBase64, readShortCode, dayOf } = await bundled(`
  export { verify } from "./src/check/verify";
  export { readKeys } from "./src/check/keys";
  export { RevocationList } from "./src/check/revocation";
  export { decodeBase64 } from "./src/kit/base64";
  export { readShortCode } from "./src/check/short-code";
  export { dayOf } from "./src/check/zone";
`);
const file = JSON.parse(readFileSync(new URL("../../crates/pass/tests/vectors.json", import.meta.url)));

async function trustOf(jwks) {
  const { city, place, zone, revocations } = file.trust;
  return { city, place, zone, keys: await readKeys(jwks), revocations: RevocationList.read(decodeBase64(revocations)) };
}

for (const [index, set] of file.sets.entries()) {
  const trust = await trustOf(set.jwks);
  for (const vector of set.vectors) {
    test(`${index}: ${vector.name} is ${vector.reason}`, async () => {
      const said = await verify(vector.text, trust, Date.parse(vector.at), vector.document);
      assert.deepEqual([said.format, said.kind, said.reason], [vector.format, vector.kind, vector.reason]);
    });
  }
}

test("every changed character is refused", async () => {
  const trust = await trustOf(file.sets[0].jwks);
  for (const { text, at } of file.sets[0].vectors.filter(({ reason, text, document }) => reason === "ok" && text.startsWith("LF1:") && document)) {
    let tried = 0;
    for (let place = 0; place < text.length; place += 1) {
      for (const other of "0AZ%:$ .a\u0000é") {
        if (text[place] === other) continue;
        const changed = text.slice(0, place) + other + text.slice(place + 1);
        const { reason } = await verify(changed, trust, Date.parse(at));
        assert.notEqual(reason, "ok", `${place}: ${other}`);
        tried += 1;
      }
    }
    assert.ok(tried > 1_500, String(tried));
  }
});

test("a key whose id belongs to another is passed over, and so are other kinds", async () => {
  const [key] = file.sets[0].jwks.keys;
  assert.equal((await readKeys({ keys: [{ ...key, kid: "AAAAAAAAAAA" }, { kty: "RSA" }, { ...key, x: "*" }] })).length, 0);
  assert.equal((await readKeys({ keys: [key] })).length, 1);
});

test("what is no revocation list does not pass for an empty one", () => {
  for (const bytes of [[], [2], [1, 0, 0]]) assert.equal(RevocationList.read(Uint8Array.from(bytes)), null);
  assert.equal(RevocationList.read(Uint8Array.of(1)).count, 0);
});

test("a short code is read as the server reads it, and mistyping is noticed", () => {
  for (const code of file.short_codes) {
    assert.equal(readShortCode(` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`), code);
    assert.equal(readShortCode(code.replace(/0/g, "O").replace(/1/g, "l")), code);
    for (let place = 0; place < code.length; place += 1) {
      for (const sign of "0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
        if (sign !== code[place]) assert.equal(readShortCode(code.slice(0, place) + sign + code.slice(place + 1)), null);
      }
    }
  }
  assert.equal(readShortCode("LF1:ABC"), null);
});

test("days are the city's, whatever the phone knows of zones", () => {
  const midnight = Date.parse("2020-02-05T00:00:00+08:00");
  for (const zone of ["Asia/Shanghai", "+08:00", "UTC+8", "Asia/Hong_Kong"]) {
    assert.equal(dayOf(zone, midnight), 18297, zone);
    assert.equal(dayOf(zone, midnight - 1), 18296, zone);
  }
  assert.equal(dayOf("UTC", midnight), 18296);
  assert.equal(dayOf("-03:30", Date.parse("2020-02-05T03:29:59Z")), 18296);
});
