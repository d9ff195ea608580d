// Bundle what the browser verifier takes from npm into static/verifier/vendor/, and the script of the form for residents into
// form_page/built/: node bundle.mjs, after npm ci.
// The verifier's own modules are not bundled: what a partner's browser runs is what stands in the repository. The form is one
// file, so its modules are, as they stand and with the licence of what is not ours.

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
writeFileSync(join(out, "LICENSES.txt"), packages.map((name) => licence(name)).join("\n\n"));

const form = join(here, "..", "form_page");
await build({
  absWorkingDir: form,
  nodePaths: [join(here, "node_modules")],
  entryPoints: ["form.js"],
  outdir: join(form, "built"),
  bundle: true,
  format: "iife",
  charset: "utf8",
  target: "es2022",
  banner: { js: `/*\n${licence("qr", "LICENSE-MIT")}\n${licence("cldr-misc-full")}*/` },
  legalComments: "none",
  logLevel: "warning",
});

function licence(name, file = "LICENSE") {
  const { version, license } = JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));
  return `${name} ${version} (${license})\n\n${readFileSync(join(here, "node_modules", name, file), "utf8").trim()}\n`;
}
