import type { Order, Position, Stage } from "../../order/stages.ts";

/** One piece of an operation's work. Each may be begun again at any time. */
export type Task =
  | { readonly kind: "apply" | "wait"; readonly id: string; readonly stage: Stage }
  /** Everything stays healthy for a while. */
  | { readonly kind: "settle"; readonly id: string }
  | { readonly kind: "prune"; readonly id: string }
  /** A last look: what was deleted, or ran last, may have been needed. */
  | { readonly kind: "verify"; readonly id: string }
  /** Ends the hooks and writes the result. */
  | { readonly kind: "finish"; readonly id: string };

/** The work of an operation in its order. */
export function tasksOf({ stages }: Order): readonly Task[] {
  const after = (stage: Stage): boolean => stage.phase === "post-sync";
  return [
    ...stages.filter((stage) => !after(stage)).flatMap(tasksOfStage),
    { kind: "settle", id: "settle" },
    ...stages.filter(after).flatMap(tasksOfStage),
    { kind: "prune", id: "prune" },
    { kind: "verify", id: "verify" },
    { kind: "finish", id: "finish" },
  ];
}

/** The work that is left when an operation fails. */
export function tasksOnFailure({ onFailure }: Order): readonly Task[] {
  return [...onFailure.flatMap(tasksOfStage), { kind: "finish", id: "finish" }];
}

function tasksOfStage(stage: Stage): readonly Task[] {
  return (["apply", "wait"] as const).map((kind) => ({ kind, id: `${kind} ${placeOf(stage)}`, stage }));
}

function placeOf({ phase, wave, part }: Position): string {
  return `${phase} ${wave} ${part}`;
}
