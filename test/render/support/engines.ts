import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import type { LogFields, Logger } from "../../../src/model/observe.ts";
import type { Renderer } from "../../../src/model/render.ts";
import { engineBinary } from "../../../src/render/binary.ts";
import { createRenderer, type EngineRenderer } from "../../../src/render/renderer.ts";

/** The real engine. */
export function realEngine(): string {
  return engineBinary(env);
}

/** On a busy machine a render takes as long as it takes. */
export const patient = { wallMs: 600_000 };

let shared: EngineRenderer | undefined;

/** A renderer on one real engine that every test of this process may use; it ends with the process. */
export function sharedRenderer(): Renderer {
  shared ??= createRenderer({ binary: realEngine(), limits: patient, workers: 1 });
  return shared;
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
