import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const standIns: Readonly<Record<string, string>> = {
  vitest: new URL("vitest.ts", import.meta.url).href,
  "fast-check": new URL("fast-check.ts", import.meta.url).href,
};

/** Makes this process load instrumented sources and the stand-in for Vitest. `code`: the file with the texts by URL. */
export function installHooks(code: string): void {
  const texts = new Map(Object.entries(parse(readFileSync(code, "utf8"))));
  registerHooks({
    resolve(specifier, context, next) {
      const url = Object.hasOwn(standIns, specifier) ? standIns[specifier] : undefined;
      if (url === undefined || context.parentURL === url) return next(specifier, context);
      return { url, shortCircuit: true };
    },
    load(url, context, next) {
      const source = texts.get(url);
      return source === undefined ? next(url, context) : { format: "module-typescript", source, shortCircuit: true };
    },
  });
}

function parse(text: string): Readonly<Record<string, string>> {
  const texts: unknown = JSON.parse(text);
  if (typeof texts !== "object" || texts === null) throw new Error("the instrumented code is not an object");
  return Object.fromEntries(Object.entries(texts).map(([url, source]) => [url, String(source)]));
}
