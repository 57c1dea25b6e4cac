import { Fault } from "../../model/errors.ts";
import type { Output } from "../io.ts";
import type { Progress } from "../progress.ts";
import type { Style } from "../style.ts";
import { within } from "../wait.ts";

/** No step takes longer, in milliseconds. */
const STEP_DEADLINE = 120_000;

/** Runs named steps and shows how each ended. */
export interface Steps {
  /**
   * Runs `work`, prints ✓ or ✗ with the time that it took, and passes on its result or error. `note` gives what to
   * add to the line.
   */
  step<T>(name: string, work: () => Promise<T>, note?: (result: T) => string): Promise<T>;
  /** Prints lines between steps. */
  say(...lines: readonly string[]): void;
}

/** Steps that are shown on `output`, the running one by `progress`. `now` gives milliseconds. */
export function createSteps(output: Output, paint: Style, progress: Progress, now: () => number): Steps {
  const say = (line: string) => output.write(`${line}\n`);
  return {
    say: (...lines) => {
      for (const line of lines) say(line);
    },
    async step(name, work, note) {
      const began = now();
      progress.update(`${name} …`, 0, 0);
      const took = () => paint.dim(`${((now() - began) / 1_000).toFixed(1)} s`);
      try {
        const result = await within(work(), STEP_DEADLINE, () => new Fault("timeout", `"${name}" did not end in time`));
        progress.clear();
        say(`${paint.green("✓")} ${name}${note ? `: ${note(result)}` : ""}  ${took()}`);
        return result;
      } catch (error) {
        progress.clear();
        say(`${paint.red("✗")} ${name}  ${took()}`);
        throw error;
      }
    },
  };
}
