import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Far beyond what anything takes: a busy machine must fail no test. What waits has a shorter deadline of its own, which says what for.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    // Many tests wait for processes, locks and time limits, so more workers than cores are of use.
    maxWorkers: 4,
    restoreMocks: true,
  },
});
