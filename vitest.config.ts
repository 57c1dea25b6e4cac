import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { keepScratchInMemory } from "./test/support/scratch.ts";

keepScratchInMemory();

/** What takes longest: begun first, so that nothing is left to be waited for alone at the end. */
const long = [
  /\/test\/e2e\//,
  /\/test\/contract\//,
  /\/test\/git\/mirrors\./,
  /\/test\/promote\/race\./,
  /\/test\/preview\/sizes\./,
  /\/test\/rooms\//,
  /\/test\/queue\//,
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      // In the midst of the others, each of these would end a process of theirs: the next one would load everything anew.
      if (project.name === "embedded") return -1;
      const found = long.findIndex((pattern) => pattern.test(moduleId));
      return found < 0 ? long.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/**
 * What opens the embedded database. Its memory stays with the process, and every process of git that a large process
 * starts costs several times as much: so these files have processes of their own, which are the first to start.
 */
const embedded = ["test/cli/demo.test.ts", "test/contract/queue-embedded.test.ts", "test/queue/embedded-store.test.ts"];

/** What needs a Kubernetes API server or the controllers' own code: see vitest.{cluster,controllers,oracles}.config.ts. */
const others = ["test/cluster/**", "test/controllers/**", "test/oracles/**"];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "others",
          include: ["test/**/*.test.ts"],
          exclude: [...embedded, ...others],
        },
      },
      { extends: true, test: { name: "embedded", include: embedded } },
    ],
    // Far beyond what anything takes: a busy machine must fail no test. What waits has a shorter deadline of its own, which says what for.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 540_000 } },
    pool: "forks",
    // Files share the processes that they run in, one after the other: to load everything and to compile GitHub's schemas anew for each would take half of the time.
    isolate: false,
    // Room for what is young, which would be copied again and again: a twentieth of the tests' time.
    execArgv: ["--min-semi-space-size=64", "--max-semi-space-size=64"],
    // Many tests wait for processes, locks and time limits, so more workers than cores are of use.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    restoreMocks: true,
    setupFiles: ["test/support/seed.ts"],
  },
});
