import { defineConfig } from "vitest/config";

/** The tests that need the controllers' own code, built as programs that render one case each. */
export default defineConfig({
  test: {
    include: ["test/oracles/**/*.test.ts"],
    // As in vitest.config.ts: far beyond what anything takes.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    restoreMocks: true,
  },
});
