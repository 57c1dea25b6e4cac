import { createHash } from "node:crypto";
import { pushedImage, type ReportedPush } from "../../model/pushed-image.ts";
import { ignored, type Reading } from "./adapter.ts";

/** The pushes without duplicates and without those that cannot be understood; `ignored` if none is left. */
export function pushedReading(id: string | undefined, said: readonly ReportedPush[]): Reading {
  const pushes = new Map(
    said
      .flatMap((one) => pushedImage(one) ?? [])
      .map((push) => [[push.image, push.tag ?? "", push.digest ?? ""].join("\n"), push]),
  );
  if (pushes.size === 0) return ignored("the event names no image that can be one", id);
  return { kind: "pushed", id, pushes: [...pushes.values()] };
}

/**
 * The id of an event; for several in one request, a combined id that is the same when they come again. `undefined` if
 * one has no id.
 */
export function idOfAll(ids: readonly (string | null | undefined)[]): string | undefined {
  const known = ids.filter((id) => typeof id === "string" && id !== "");
  if (known.length === 0 || known.length < ids.length) return undefined;
  const [first] = known;
  return known.length === 1 && first !== null ? first : createHash("sha256").update(known.join("\n")).digest("hex");
}
