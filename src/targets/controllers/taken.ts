import { createHash } from "node:crypto";
import { canonicalJson } from "../../model/json.ts";
import type { Render, Resource } from "../../model/render.ts";
import type { RenderSpec } from "../../model/target.ts";
import type { PlanRender } from "../../model/target-plan.ts";
import { isKept, knownObject } from "./objects.ts";

/** What a plan remembers of a render that it looked into. */
export function planRender(spec: RenderSpec, render: Render): PlanRender {
  const { trace, unpinned, moving = [] } = render;
  return {
    spec,
    trace,
    taken: takenFrom(render),
    isFinal: render.ok && unpinned.length === 0 && moving.length === 0,
  };
}

/**
 * The text by which two renders of a spec give a plan the same: the objects that controllers read, where they come
 * from, which files were read, and the failure.
 */
export function takenFrom(render: Render): string {
  const resources = render.ok ? render.resources() : (render.partial?.resources() ?? []);
  const failure = render.ok ? null : [render.failure.message, render.failure.file ?? null, render.failure.line ?? null];
  const files = new Set(resources.flatMap(({ file }) => file ?? []));
  const looked = new Set(render.trace.map(([path, kind]) => `${kind} ${path}`));
  const text = canonicalJson([failure, resources.flatMap(keptOf), [...files].sort(), [...looked].sort()]);
  return createHash("sha256").update(text).digest("base64");
}

function keptOf({ object, file }: Resource) {
  const known = knownObject(object, {});
  return known !== undefined && isKept(known) ? [[file ?? null, object]] : [];
}
