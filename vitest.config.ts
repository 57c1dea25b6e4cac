import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    // Many tests wait for processes, locks and time limits, so more workers than cores are of use.
    maxWorkers: 4,
    restoreMocks: true,
  },
});
