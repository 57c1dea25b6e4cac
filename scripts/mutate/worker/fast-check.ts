/** fast-check as tests of mutants see it: the same values in each run, and no search for the smallest failure. */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.MUTATE_SEED ?? 1), endOnFailure: true });

export * from "fast-check";
// biome-ignore lint/style/noDefaultExport: tests import fast-check's default
export default fc;
