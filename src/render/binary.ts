import { existsSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { Fault } from "../model/errors.ts";

/** The engine that the set-up built, beside `src/` and the bundle in `dist/`. */
const bundled = join(dirname(findPackageJSON(import.meta.url) ?? ""), ".cache", "engine", "sluice-engine");

/**
 * The path of the engine: `SLUICE_ENGINE`, else the one that the set-up put into the project's folder. An `unavailable`
 * Fault names the ways to get one.
 */
export function engineBinary(env: Readonly<Record<string, string | undefined>>): string {
  const named = env.SLUICE_ENGINE;
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return named;
    throw new Fault("unavailable", `SLUICE_ENGINE names ${named}, which does not exist`);
  }
  if (existsSync(bundled)) return bundled;
  const ways =
    "run `node scripts/bootstrap.mjs` (builds it with Go ≥ 1.26 or downloads it), or set SLUICE_ENGINE to an engine binary";
  throw new Fault("unavailable", `the render engine is not installed: ${ways}`);
}
