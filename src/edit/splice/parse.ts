import { Fault } from "../../model/errors.ts";
import type { YamlText } from "./types.ts";

/**
 * Parses a file. One that is not UTF-8 (a byte order mark is fine), over 10 MiB, not YAML, nested more than 200 levels deep or whose aliases stand for more than a million nodes is an
 * `input` UserError with its place. A key that stands twice is no error here; an edit below it is refused.
 */
export function parseYaml(path: string, _bytes: Uint8Array): YamlText {
  throw new Fault("bug", `not yet: ${path}`);
}
