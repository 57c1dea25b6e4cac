import { blocks } from "./blocks.ts";
import { methods, optionals } from "./calls.ts";
import type { Mutator } from "./change.ts";
import { conditions, negations } from "./conditions.ts";
import { literals } from "./literals.ts";
import { assignments, operators } from "./operators.ts";
import { returns, statements } from "./returns.ts";

/** Every kind of mutant. */
export const mutators: readonly Mutator[] = [
  conditions,
  negations,
  operators,
  assignments,
  returns,
  statements,
  methods,
  optionals,
  literals,
  blocks,
];
