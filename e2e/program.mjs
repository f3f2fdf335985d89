// Starts the program under test with a small demonstration city, and ends it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PROGRAM = process.env.LIANFANG_BIN ?? join(import.meta.dirname, "../target/debug/lianfang");

/** `people` and `days` say how large the made-up city is. */
export async function demonstration({ people = 60, days = 3 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "lianfang-journeys-"));
  const child = spawn(
    PROGRAM,
    ["demo", "--people", String(people), "--days", String(days), "--listen", "127.0.0.1:0", "--data", folder, "--json"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ready = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (piece) => {
      text += piece;
      const line = text.split("\n").find((line) => line.startsWith("{"));
      if (line && text.includes("\n")) resolve(JSON.parse(line));
    });
    child.on("exit", (code) => reject(new Error(`the program ended with ${code}`)));
  });
  const end = () => {
    child.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: ready.url, logins: Object.fromEntries(ready.logins.map((login) => [login.role, login])), end };
}
