import { messageOf } from "../model/errors.ts";
import type { Logger } from "../model/observe.ts";

/** Something that is done again and again, so that nothing depends on an event that was lost. */
export interface Sweep {
  /** In milliseconds. */
  readonly everyMs: number;
  /** What a round that added something was for, as the log says it. */
  readonly purpose: string;
  /** One round; gives how many jobs it added. */
  run(signal: AbortSignal): Promise<number>;
}

/** Does each at once and then at its time; a round that fails is tried at the next one. */
export function sweepRegularly(sweeps: readonly Sweep[], log: Logger): { stop(): Promise<void> } {
  const running = sweeps.map((sweep) => repeat(sweep, log));
  return {
    stop: async () => {
      await Promise.all(running.map(({ stop }) => stop()));
    },
  };
}

function repeat({ everyMs, purpose, run }: Sweep, log: Logger): { stop(): Promise<void> } {
  const stop = new AbortController();
  let running = Promise.resolve();
  const round = (): void => {
    running = running
      .then(() => run(AbortSignal.any([stop.signal, AbortSignal.timeout(everyMs)])))
      .then((added) => added > 0 && log.info({ jobs: added }, purpose))
      .then(
        () => undefined,
        (error: unknown) => {
          if (!stop.signal.aborted) log.warn({ error: messageOf(error) }, "the repositories could not be listed");
        },
      );
  };
  round();
  const timer = setInterval(round, everyMs).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      stop.abort();
      await running;
    },
  };
}
