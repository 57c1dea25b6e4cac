import type { ComputedChange } from "../../change/compute.ts";
import { shortVersion } from "../../change/text/version.ts";
import { versionOf } from "../../edit/find/index.ts";
import { targetId } from "../../model/target.ts";
import { leftUses } from "../bump.ts";
import { type EntryDecision, versionKey } from "../entry-decision.ts";
import type { ImageMetadata } from "../text/metadata.ts";

const maxStays = 50;

/** The uses that stay in targets that change, and how many change. */
export function staysOf(
  decisions: readonly EntryDecision[],
  { targets, renders }: ComputedChange,
  planned: ReadonlySet<string>,
): Pick<ImageMetadata, "stays" | "places"> {
  const kept = decisions.flatMap((one) => keptUses(one, planned));
  const half = targets.flatMap(({ app, environment, images }) => {
    const after = renders.get(targetId(app, environment))?.after;
    return after?.ok === true ? leftUses(after.resources(), images) : [];
  });
  const moved = decisions.flatMap((one) => movedPlaces(one, planned));
  return { stays: [...kept, ...half].slice(0, maxStays), places: moved.length };
}

type Stay = ImageMetadata["stays"][number];

function keptUses({ decision, targets }: EntryDecision, planned: ReadonlySet<string>): readonly Stay[] {
  return targets.flatMap(({ target, versions }) =>
    versions.flatMap((version): Stay[] => {
      const decided = decision.targets.find(
        (one) => one.target === target.id && versionKey(one.from) === versionKey(version),
      );
      const kept = decided?.kept;
      if (kept === undefined || kept.kind === "entry" || !planned.has(target.id)) return [];
      const about = { at: shortVersion(versionOf(version)), why: kept.why, fix: kept.fix ?? "", half: false };
      return version.places.map((place) => ({ place, ...about }));
    }),
  );
}

function movedPlaces({ decision, targets }: EntryDecision, planned: ReadonlySet<string>): readonly string[] {
  const moving = new Set(
    decision.targets.flatMap((one) => (one.moves ? [`${one.target} ${versionKey(one.from)}`] : [])),
  );
  return targets.flatMap(({ target, versions }) =>
    planned.has(target.id)
      ? versions.flatMap((one) => (moving.has(`${target.id} ${versionKey(one)}`) ? one.places : []))
      : [],
  );
}
