// Bundle what the browser verifier takes from npm into static/verifier/vendor/: node bundle.mjs, after npm ci.
// Its own modules are not bundled: what a partner's browser runs is what stands in the repository.

import { build } from "esbuild";
import { copyFileSync, mkdirSync, writeFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static", "verifier", "vendor");
const packages = ["@noble/curves", "@noble/hashes", "zxing-wasm"];

mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["curves.mjs", "zxing.mjs"],
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
// The library's default place for its wasm is a host that we never ask: zxing.mjs names ours, and theirs does not stay in the file.
const reader = join(out, "zxing.js");
const [before, after, ...more] = readFileSync(reader, "utf8").split(/https:\/\/[a-z.]+\/npm\//);
if (after === undefined || more.length) throw new Error("zxing-wasm names its default host in another way: look again");
writeFileSync(reader, `${before}./${after}`);
copyFileSync(join(here, "node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"), join(out, "zxing_reader.wasm"));
const licences = packages.map((name) => {
  const { version, license } = JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));
  return `${name} ${version} (${license})\n\n${readFileSync(join(here, "node_modules", name, "LICENSE"), "utf8").trim()}\n`;
});
writeFileSync(join(out, "LICENSES.txt"), licences.join("\n\n"));
