import type { RepositoryContext } from "../../change/repository-context.ts";
import { assertMayAsk } from "../../change/source/allowed.ts";
import { sourceChanges } from "../../change/source/changes.ts";
import { parseImage } from "../../edit/find/index.ts";
import { messageOf } from "../../model/errors.ts";
import type { TargetPromotion, VersionChange } from "../../model/promotion.ts";
import { canonicalImage } from "../../model/registry.ts";
import type { ImageCommits } from "../text/source-commits.ts";
import type { PromotionPorts } from "./ports.ts";

/** Images of one promotion that a registry is asked about. */
const max = 5;

/** How long the registries may take, in milliseconds: the section is optional. */
const patienceMs = 1_000;

/**
 * Where the carried images are built from, as their labels say, with a page that compares the two versions: of those
 * that the configuration asks a registry for anyway. It costs GitHub nothing, and what a registry does not tell in time
 * is left out.
 */
export async function sourceCommits(
  ports: PromotionPorts,
  context: RepositoryContext,
  targets: readonly TargetPromotion[],
): Promise<readonly ImageCommits[]> {
  const changes = targets.flatMap(({ outcome, images }) => (outcome === "planned" ? images : []));
  const asked = new Set(context.config.images.map(({ image }) => canonicalImage(image)));
  const known = changes.filter(({ image }) => asked.has(canonicalImage(image)));
  const distinct = [...new Map(known.map((change) => [JSON.stringify(change), change])).values()];
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patienceMs)]);
  const found = await Promise.all(
    distinct
      .filter(({ from, to }) => from !== "" && to !== "")
      .slice(0, max)
      .map((change) => sourceCommitsOf(ports, context, change, signal)),
  );
  return found.flat();
}

async function sourceCommitsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  { image, from, to }: VersionChange,
  signal: AbortSignal,
): Promise<readonly ImageCommits[]> {
  const [before, after] = [referenceOf(image, from), referenceOf(image, to)];
  if (before === undefined || after === undefined) return [];
  try {
    assertMayAsk(ports.rights, context.where.repository, image);
    const [old, fresh] = await Promise.all([
      ports.registry.facts(image, before, signal),
      ports.registry.facts(image, after, signal),
    ]);
    if (fresh === undefined) return [];
    const { webUrl, log } = ports;
    const source = await sourceChanges({ webUrl, log }, context, old, fresh);
    return source === undefined ? [] : [{ image, source }];
  } catch (error) {
    context.signal.throwIfAborted();
    ports.log.debug({ image, error: messageOf(error) }, "what an image is built from could not be read");
    return [];
  }
}

/** A version is a tag, a tag with a digest, or a digest; what charts and values have are none of these. */
function referenceOf(image: string, version: string): string | undefined {
  if (parseImage(image) === undefined) return undefined;
  const parsed = parseImage(version.startsWith("@") ? `${image}${version}` : `${image}:${version}`);
  return parsed === undefined ? undefined : parsed.digest || parsed.tag;
}
