import { UserError } from "../../model/errors.ts";
import type { PromotionPorts } from "./ports.ts";

/**
 * Acts on each of a list; one that fails does not keep the others from it. What is the user's to fix (a broken file, a
 * name that is gone) goes to the log; the first other error is thrown at the end, so that the job is run again for it.
 */
export async function forEachLogged<T>(
  { log }: Pick<PromotionPorts, "log">,
  list: Iterable<T>,
  what: string,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const item of list) {
    try {
      await act(item);
    } catch (error) {
      if (error instanceof UserError) log.warn({ error }, `${what} was left out: ${error.message}`);
      else failures.push(error);
    }
  }
  const [first] = failures;
  if (first !== undefined) throw first;
}
