// Decodes each line of standard input with @mosip/pixelpass and prints what it found, one JSON line each.
import { createInterface } from "node:readline";
import pixelpass from "@mosip/pixelpass";

for await (const text of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ decoded: pixelpass.decode(text) }));
  } catch (error) {
    console.log(JSON.stringify({ refused: String(error) }));
  }
}
