import type { RepositoryContext } from "../../change/repository-context.ts";
import { type ResolvedPromotion, resolvePromotion } from "../resolve.ts";
import type { PromotionPorts } from "./ports.ts";

/** What a promotion to an environment is about; see `resolvePromotion`. */
export function resolve(
  ports: PromotionPorts,
  context: RepositoryContext,
  environment: string,
  apps: readonly string[],
): Promise<ResolvedPromotion> {
  const { repository, head: base } = context;
  return resolvePromotion({
    repository,
    base,
    to: environment,
    apps,
    ...(ports.memo === undefined ? {} : { memo: ports.memo }),
  });
}
