// The reader of QR codes for browsers without a BarcodeDetector of their own: bundled into static/verifier/vendor/zxing.js.
// The wasm lies beside it and is fetched from nowhere else.

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

prepareZXingModule({ overrides: { locateFile: (name) => new URL(name, import.meta.url).href } });

const OPTIONS = { formats: ["QRCode"], tryDownscale: true, tryInvert: false, tryRotate: true, maxNumberOfSymbols: 4 };

/** Return the texts of the QR codes on a picture (ImageData, or a Blob). `hard` looks longer. */
export async function read(picture, { hard = false } = {}) {
  const found = await readBarcodes(picture, { ...OPTIONS, tryHarder: hard });
  return found.filter((code) => code.isValid).map((code) => code.text);
}

/** Have the wasm ready before the first picture. */
export function prepare() {
  return prepareZXingModule({ fireImmediately: true });
}
