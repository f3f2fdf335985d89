// TypeScript of the pages as a module that node can run: built as the browser's is, in memory.
import { build } from "esbuild";

const folder = new URL("..", import.meta.url).pathname;

export async function bundled(source) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: folder, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    target: ["chrome66", "safari12", "firefox78"],
    supported: { destructuring: true },
    logLevel: "warning",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}
