import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { mishaps } from "./support/api-proxy.ts";
import { useCluster } from "./support/cluster.ts";
import { seeded } from "./support/seeded.ts";
import { type Ending, type ServerOptions, Story } from "./support/story.ts";

// Whole servers, each a process of its own with its queue on disk, that deploy the same story. Each step's end in
// memory: test/reconcile/engines/apply/deaths.test.ts.

const test = useCluster();

/** `SLUICE_DEATHS=50` plays as many; they cost about half a minute each. */
const deaths = Number(process.env.SLUICE_DEATHS ?? 1);
/** `SLUICE_SILENCE_MS=30000` waits as long for an answer as a server does. */
const answerMs = Number(process.env.SLUICE_SILENCE_MS ?? 2_000);
/** Of a story in which nothing happens; it may be some more. */
const writes = 70;

async function played(
  name: string,
  options: ServerOptions,
  disturb: (story: Story) => Promise<unknown> | undefined,
): Promise<Ending> {
  const story = await Story.open(test, name, options);
  try {
    const disturbed = disturb(story);
    // Told below; where the story failed before, that is what counts.
    disturbed?.catch(() => undefined);
    const ending = await story.tell();
    // A disturbance whose moment never came is over with the story.
    await Promise.race([disturbed, sleep(0)]);
    return ending;
  } finally {
    await story.close();
  }
}

/** Of the story in which nothing happens. It is told once, while the others are. */
let quiet: Promise<Ending> | undefined;

/** The first server compiles what all later ones only load, so the others wait for it. */
async function beginQuiet(): Promise<void> {
  const up = Promise.withResolvers<void>();
  quiet = played("quiet", {}, (story) => story.up.then(up.resolve));
  // Whoever compares with it hears of a failure.
  quiet.catch(() => undefined);
  await Promise.race([up.promise, quiet]);
}

async function expectSameEnd({ objects, jobs }: Ending): Promise<void> {
  const expected = await quiet;
  expect(jobs).toEqual(expected?.jobs);
  expect(objects).toBe(expected?.objects);
}

/** When a server is killed, and whether its disk is wiped. */
interface Death {
  readonly write: number;
  /** In that very request, or so many milliseconds after it. */
  readonly at: "before" | "after" | number;
  readonly wiped: boolean;
}

/** Each story dies in another part of its course, and any number of them all over it; some die twice. */
function fate(run: number): readonly Death[] {
  const random = seeded(run);
  const write = 1 + Math.floor((((run + 1) * 0.618_034) % 1) * writes);
  const at = (
    [0, 1, 2][run % 3] === 2 ? Math.floor(random() * 1_000) : run % 3 === 0 ? "before" : "after"
  ) as Death["at"];
  const first = { write, at, wiped: run % 5 === 0 };
  if (run % 4 !== 3) return [first];
  return [first, { write: write + 4 + Math.floor(random() * 12), at: "after", wiped: false }];
}

async function die(story: Story, run: number): Promise<void> {
  for (const { write, at, wiped } of fate(run)) {
    const within = typeof at === "string";
    const { method, path } = await story.reach(write, within ? at : "after", within ? "silence" : Promise.resolve());
    if (!within) await sleep(at);
    await story.server.kill();
    say(
      `run ${run}: killed ${within ? at : `${at} ms after`} ${method} ${path.split("?")[0]}${wiped ? ", wiped" : ""}`,
    );
    await story.start({ wiped });
  }
}

/** Many of them take long: who asked for them sees how far they are. */
function say(line: string): void {
  if (process.env.SLUICE_DEATHS !== undefined) process.stdout.write(`${line}\n`);
}

describe.runIf(test.own)("a deploy by whole servers ends the same, and runs its hooks once", () => {
  beforeAll(beginQuiet);

  it.concurrent.each(Array.from({ length: deaths }, (_, run) => run))("killed, run %i (8)", async (run) => {
    await expectSameEnd(await played(`killed-${run}`, {}, (story) => die(story, run)));
    say(`run ${run}: the same end`);
  });

  it.concurrent("when a tenth of the calls is answered 429, 500, by a reset or by silence (15)", async () => {
    const random = seeded(7);
    let faults = 0;
    const ending = await played("faults", { deploys: { answerMs } }, (story) => {
      story.proxy.mishap = () => {
        if (random() >= 0.1) return undefined;
        faults += 1;
        return mishaps[Math.floor(random() * mishaps.length)];
      };
      return undefined;
    });
    expect(faults).toBeGreaterThan(10);
    await expectSameEnd(ending);
  });

  it.concurrent("told to stop in the middle of a wave, then frozen for longer than the lease while another goes on, whose clock is ten minutes off (9, 11, 12)", async () => {
    const story = await Story.open(test, "frozen", { skewMs: 300_000 });
    try {
      const ended = story.tell();
      await stopMidWave(story);
      const { server: frozen } = story;
      await story.reach(story.writes.length + 8, "after", Promise.resolve());
      frozen.freeze();
      await story.start({ wiped: true, skewMs: -300_000 });
      await ended;
      frozen.thaw();
      await story.quiet(frozen);
      await expectSameEnd(await story.ending());
    } finally {
      await story.close();
    }
  });
});

/** The server ends well, though a request of its is under way, and leaves no lease behind; the next one starts. */
async function stopMidWave(story: Story): Promise<void> {
  const over = Promise.withResolvers<void>();
  await story.reach(40, "after", over.promise);
  const stopping = story.server.stop();
  over.resolve();
  expect(await stopping).toBe(0);
  expect(await story.holder()).toBe("");
  await story.start();
}
