// A text as a QR code that the page can show and print: an SVG, always dark on light.

import encodeQR from "qr";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4; // modules around it (ISO/IEC 18004)

/** Draw `text` into an svg element. */
export function draw(svg, text) {
  const rows = encodeQR(text, "raw", { ecc: "medium", encoding: "alphanumeric", border: QUIET });
  const ground = document.createElementNS(SVG, "rect");
  const modules = document.createElementNS(SVG, "path");
  ground.setAttribute("width", rows.length);
  ground.setAttribute("height", rows.length);
  ground.setAttribute("class", "symbol__ground");
  modules.setAttribute("d", rows.map(runs).join(""));
  svg.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  svg.style.setProperty("--modules", rows.length);
  svg.replaceChildren(ground, modules);
}

/** The dark modules of a row, each run of them as one rectangle. */
function runs(row, y) {
  let path = "";
  for (let x = 0; x < row.length; x += 1) {
    const from = x;
    while (row[x]) x += 1;
    if (x > from) path += `M${from} ${y}h${x - from}v1h${from - x}z`;
  }
  return path;
}
