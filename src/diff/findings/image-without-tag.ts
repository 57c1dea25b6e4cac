import { inTicks } from "../../model/text/markdown.ts";
import { containersOf } from "../pods.ts";
import { textAt } from "../value.ts";
import type { FindingContext, FindingRule, Found } from "./rule.ts";

/** A new or changed image names no version: what runs is whatever the registry has at that moment. */
export const imageWithoutTag: FindingRule = { id: "image-without-tag", severity: "warning", check };

function check({ base, head }: FindingContext): readonly Found[] {
  const before = new Set(containersOf(base?.object).map(({ container }) => textAt(container, "image")));
  return containersOf(head?.object).flatMap(({ name, pointer, container }) => {
    const image = textAt(container, "image");
    const how = image === "" || before.has(image) ? undefined : looseness(image);
    if (how === undefined) return [];
    return [
      {
        short: "{app} runs an image without a version",
        message: `{app}{where} {runs|run} ${inTicks(shortName(image))}${how}. What starts depends on the registry at that moment, and a rollback may not bring the old image back.`,
        fix: "name a version",
        noun: "container",
        name,
        pointer: `${pointer}/image`,
      },
    ];
  });
}

/** The image without its registry and path. */
function shortName(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1);
}

/** What to add to an image that names no version; `undefined` for one that does. */
function looseness(image: string): string | undefined {
  if (image.includes("@")) return undefined;
  const [, tag] = shortName(image).split(":");
  if (tag === undefined) return ", which has no tag";
  return tag === "latest" ? "" : undefined;
}
