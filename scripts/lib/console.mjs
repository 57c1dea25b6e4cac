// What the scripts print: one line per step, with its time; the output of a failed command in full.

import { spawn } from "node:child_process";

const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
export const green = paint("32");
export const red = paint("31");
export const dim = paint("2");

/** A step of the set-up that cannot be done. The message says what is missing and the ways to mend it. */
export class SetupError extends Error {}

/** Runs a step and prints its name, what it gave and how long it took. */
export async function step(name, run) {
  const started = Date.now();
  const ticker = process.stdout.isTTY
    ? setInterval(() => process.stdout.write(`\r${dim(`… ${name} ${seconds(started)}`)}`), 1000)
    : undefined;
  if (!process.stdout.isTTY) process.stdout.write(`… ${name}\n`);
  try {
    const said = await run();
    clearInterval(ticker);
    if (ticker) process.stdout.write("\r\u001b[K");
    process.stdout.write(`${green("✓")} ${name}${said ? dim(`  ${said}`) : ""} ${dim(seconds(started))}\n`);
  } catch (error) {
    clearInterval(ticker);
    if (ticker) process.stdout.write("\r\u001b[K");
    process.stdout.write(`${red("✗")} ${name} ${dim(seconds(started))}\n`);
    throw error;
  }
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/** Runs a command and gives its output; rejects with the output when it fails. No shell. */
export function run(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const output = Buffer.concat(chunks).toString();
      if (code === 0) return resolve(output);
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
      reject(new SetupError(`${file} ${args.join(" ")} ${how}:\n${output.trim()}`));
    });
  });
}

/** The output of a command, or `undefined` when it is not there or fails. */
export async function tryRun(file, args, options) {
  try {
    return await run(file, args, options);
  } catch {
    return undefined;
  }
}
