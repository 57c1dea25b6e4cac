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
        message: `Container ${inTicks(name)} uses ${inTicks(image)}, ${how}: what runs is whatever the registry has when a pod starts, and no rollback brings it back. Name a version, or better a digest.`,
        pointer: `${pointer}/image`,
      },
    ];
  });
}

function looseness(image: string): string | undefined {
  if (image.includes("@")) return undefined;
  const name = image.slice(image.lastIndexOf("/") + 1);
  const colon = name.indexOf(":");
  if (colon < 0) return "without a tag";
  return name.slice(colon + 1) === "latest" ? "the moving tag `latest`" : undefined;
}
