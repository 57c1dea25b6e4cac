// What the scripts print: one line per step, with its time; the output of a failed command in full.

import { spawn } from "node:child_process";

const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
export const green = paint("32");
export const red = paint("31");
export const dim = paint("2");

/**
 * How often a step that is still running says how far it is, in milliseconds: on a terminal in place, elsewhere as
 * lines of a log.
 */
const every = process.stdout.isTTY ? 1000 : 20_000;

/** A step of the set-up that cannot be done. The message says what is missing and the ways to fix it. */
export class SetupError extends Error {}

/**
 * Runs a step and prints its name, how far it is, what it gave and how long it took. `run` gets a function that takes
 * how far it is.
 */
export async function step(name, run) {
  const started = Date.now();
  const clear = process.stdout.isTTY ? "\r\u001b[K" : "";
  const end = process.stdout.isTTY ? "" : "\n";
  let progress = "";
  const show = () => process.stdout.write(`${clear}${dim(`… ${words(name, progress, seconds(started))}`)}${end}`);
  process.stdout.write(`${clear}… ${name}${end}`);
  const ticker = setInterval(show, every);
  const say = (mark, text) =>
    process.stdout.write(`${clear}${mark} ${words(name, text && dim(text), dim(seconds(started)))}\n`);
  try {
    const result = await run((text) => {
      progress = text;
    });
    say(green("✓"), result ?? "");
  } catch (error) {
    say(red("✗"), progress);
    throw error;
  } finally {
    clearInterval(ticker);
  }
}

function words(name, text, time) {
  return text ? `${name}  ${text} ${time}` : `${name} ${time}`;
}

/** The time since then, for people. */
export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/** Runs a command and gives its output; rejects with the output when it fails. No shell. */
export function run(file, args, options = {}) {
  return collect(spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], ...options }), `${file} ${args.join(" ")}`);
}

/** The output of a child, by the name of its command; rejects with the output when it fails. */
export function collect(child, name) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const output = Buffer.concat(chunks).toString();
      if (code === 0) return resolve(output);
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
      reject(new SetupError(`${name} ${how}:\n${output.trim()}`));
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
