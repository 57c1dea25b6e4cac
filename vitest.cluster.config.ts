import { defineConfig } from "vitest/config";

/** The tests that need a Kubernetes API server: one for all of them, a namespace for each file. */
export default defineConfig({
  test: {
    include: ["test/cluster/**/*.test.ts"],
    globalSetup: ["test/cluster/support/global-setup.ts"],
    // As in vitest.config.ts: what waits has a shorter deadline of its own, which says what for.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    teardownTimeout: 300_000,
    pool: "forks",
    isolate: false,
    // The tests wait for the control plane, which needs the cores.
    maxWorkers: 2,
    restoreMocks: true,
  },
});
