import type { ImageChange, ReplicaChange } from "../model/preview.ts";
import { type Item, resourceLabel } from "./item.ts";
import { containersOf } from "./pods.ts";
import { at, textAt } from "./value.ts";

/** The containers whose image differs between two versions of a resource (either may be absent). */
export function imageChanges(base: Item | undefined, head: Item | undefined): readonly ImageChange[] {
  const item = head ?? base;
  if (item === undefined) return [];
  const before = imagesByContainer(base);
  const after = imagesByContainer(head);
  const label = resourceLabel(item.id);
  return [...new Map([...after, ...before])].flatMap(([key, { name }]) => {
    const from = before.get(key)?.image ?? "";
    const to = after.get(key)?.image ?? "";
    return from === to ? [] : [{ container: `${label}: ${name}`, from, to }];
  });
}

/** The change of `spec.replicas` of a workload, as a list of at most one. */
export function replicaChanges(base: Item | undefined, head: Item | undefined): readonly ReplicaChange[] {
  const item = head ?? base;
  const from = replicasOf(base);
  const to = replicasOf(head);
  return item === undefined || from === to ? [] : [{ workload: resourceLabel(item.id), from, to }];
}

function replicasOf(item: Item | undefined): number | undefined {
  const replicas = at(item?.object, "spec", "replicas");
  return typeof replicas === "number" ? replicas : undefined;
}

function imagesByContainer(item: Item | undefined): ReadonlyMap<string, { name: string; image: string }> {
  const images = new Map<string, { name: string; image: string }>();
  for (const { pointer, section, name, container } of containersOf(item?.object)) {
    const pod = pointer.slice(0, pointer.lastIndexOf(`/${section}/`));
    images.set(`${pod}\n${section}\n${name}`, { name, image: textAt(container, "image") });
  }
  return images;
}
