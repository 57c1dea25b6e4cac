import { RenderStore } from "../../../src/render/store.ts";
import { memoryLog } from "./engines.ts";
import { bodyOf, keyOf, renderNumber } from "./sample-renders.ts";

// Writes renders to the store in argv[2], from number argv[3] on, without end; a test kills this process. It says when
// the first ones are written.
const [, , directory = "", first = "0"] = process.argv;
const capacityBytes = 64 * 1024 * 1024;
const store = new RenderStore({ directory, capacityBytes, log: memoryLog(), now: Date.now, busyMs: 600_000 });
for (let number = Number(first); ; number += 4) {
  const batch = [0, 1, 2, 3].map((step) => ({
    key: keyOf(number + step),
    cached: renderNumber(number + step),
    body: bodyOf(number + step),
  }));
  store.write(batch, []);
  if (number === Number(first)) process.stdout.write("ready\n");
  if (number % 40 === 0) await new Promise((resolve) => setImmediate(resolve));
}
