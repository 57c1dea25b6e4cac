import { defineConfig } from "vitest/config";

/** The tests that need a real Argo CD and a real Flux: one of each for all of them, on one control plane. */
export default defineConfig({
  test: {
    include: ["test/controllers/**/*.test.ts"],
    globalSetup: ["test/controllers/support/global-setup.ts"],
    // As in vitest.cluster.config.ts.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    teardownTimeout: 300_000,
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    // They wait for the controllers.
    maxConcurrency: 10,
    restoreMocks: true,
  },
});
