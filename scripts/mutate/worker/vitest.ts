/** What stands in for the module `vitest`: tests register here, `expect` is Vitest's own. */

import { format } from "node:util";
import { expect } from "vitest";
import { addFinished, addHook, addSuite, addTest, type Body } from "./registry.ts";

export { assert, assertType, chai, expect, expectTypeOf, vi, vitest } from "vitest";

type Register = (name: string, body: Body) => void;
/** A name, and options or a body or both in either order. */
type Call = (name: unknown, ...rest: readonly unknown[]) => void;

interface Registrar extends Call {
  readonly each: (table: readonly unknown[]) => Call;
  readonly for: (table: readonly unknown[]) => Call;
  readonly skipIf: (condition: unknown) => Call;
  readonly runIf: (condition: unknown) => Call;
  readonly skip: Call;
  readonly todo: Call;
  readonly concurrent: Call;
  readonly sequential: Call;
}

const context = { expect, onTestFinished: addFinished, signal: new AbortController().signal };

function registrar(register: Register): Registrar {
  const call: Call = (name, ...rest) => {
    const body = bodyOf(rest);
    if (body !== undefined) register(String(name), () => body(context));
  };
  const skip: Call = () => undefined;
  const rows =
    (spread: boolean) =>
    (table: readonly unknown[]): Call =>
    (name, ...rest) => {
      const body = bodyOf(rest);
      for (const [index, row] of table.entries()) {
        const args = Array.isArray(row) && spread ? row : [row];
        const run = spread ? () => body?.(...args) : () => body?.(row, context);
        register(titled(String(name), args, index), run);
      }
    };
  return Object.assign(call, {
    each: rows(true),
    for: rows(false),
    skipIf: (condition: unknown) => (condition ? skip : call),
    runIf: (condition: unknown) => (condition ? call : skip),
    skip,
    todo: skip,
    concurrent: call,
    sequential: call,
  });
}

function bodyOf(rest: readonly unknown[]): Body | undefined {
  return rest.find((value): value is Body => typeof value === "function");
}

/** The name of a row: its values for `%s` and the like, its fields for `$field`. */
function titled(name: string, args: readonly unknown[], index: number): string {
  const holes = name.match(/%[sdifjoO]/g)?.length ?? 0;
  const filled = holes === 0 ? name : format(name, ...args.slice(0, holes));
  const [row] = args;
  return filled
    .replaceAll("%#", String(index))
    .replaceAll(/\$([\w.]+)/g, (hole, path: string) => String(fieldOf(row, path) ?? hole));
}

function fieldOf(row: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
      row,
    );
}

export const describe = registrar(addSuite);
export const it = registrar(addTest);
export { describe as suite, it as test };

export const beforeAll = (body: Body): void => addHook("beforeAll", body);
export const afterAll = (body: Body): void => addHook("afterAll", body);
export const beforeEach = (body: Body): void => addHook("beforeEach", body);
export const afterEach = (body: Body): void => addHook("afterEach", body);
export const onTestFinished = addFinished;
/** What a failed test would print; nobody reads it here. */
export const onTestFailed = (): void => undefined;
