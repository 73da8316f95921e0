// MJML into HTML per recipient, as `mjml` from npm does it. Started by benchmarks/others.py.
//
// Arguments: the folder with node_modules, a JSON file {"mjml": [document, ...]}.
// A line "mjml N" on stdin renders N documents; the answer is "<CPU nanoseconds> <bytes of the last one>".
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import path from "node:path";

const [folder, file] = process.argv.slice(2);
const loaded = createRequire(path.resolve(folder, "package.json"))("mjml");
const render = loaded.default ?? loaded;
const documents = JSON.parse(readFileSync(file, "utf8")).mjml;

for await (const line of createInterface({ input: process.stdin })) {
  const count = Number(line.split(" ")[1]);
  let made = "";
  const before = process.cpuUsage();
  for (let n = 0; n < count; n++) made = (await render(documents[n % documents.length])).html;
  const used = process.cpuUsage(before);
  console.log(`${(used.user + used.system) * 1000} ${Buffer.byteLength(made)}`);
}
