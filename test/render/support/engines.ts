import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import type { LogFields, Logger } from "../../../src/model/observe.ts";
import { engineBinary } from "../../../src/render/binary.ts";

/** The real engine. */
export function realEngine(): string {
  return engineBinary(env);
}

/** An engine that does what the path of a target says (see `misbehaving-engine.mjs`), as a program in `folder`. */
export function misbehavingEngine(folder: string, mood = ""): string {
  const file = join(folder, `engine${mood}`);
  const script = join(import.meta.dirname, "misbehaving-engine.mjs");
  writeFileSync(file, `#!/bin/sh\nexec ${process.execPath} ${script} ${mood}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A logger that keeps its lines. */
export function memoryLog(): Logger & { readonly lines: { fields: LogFields; message: string }[] } {
  const lines: { fields: LogFields; message: string }[] = [];
  const add = (fields: LogFields, message: string): void => void lines.push({ fields, message });
  const log = { lines, debug: add, info: add, warn: add, error: add, child: () => log };
  return log;
}
