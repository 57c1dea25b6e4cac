import { now, type World } from "./world.ts";

const HOURLY_LIMIT = 5000;
const HOUR_S = 3600;

/** What is left of an actor's hour. Counted for display: the local GitHub does not refuse by it. */
export interface RateLimit {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since 1970. */
  readonly reset: number;
}

/** The actor's rate limit as it is now. */
export function rateLimit(world: World, actor: string): RateLimit {
  const used = world.spent.get(actor) ?? 0;
  const reset = (Math.floor(now(world).getTime() / 1000 / HOUR_S) + 1) * HOUR_S;
  return { limit: HOURLY_LIMIT, used, remaining: Math.max(0, HOURLY_LIMIT - used), reset };
}

/** Takes one request from the actor's hour. */
export function spend(world: World, actor: string): void {
  world.spent.set(actor, (world.spent.get(actor) ?? 0) + 1);
}
