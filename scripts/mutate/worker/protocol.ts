/** What a worker process is started for; its argument, as JSON. */
export interface WorkerStart {
  /** A JSON file: the instrumented text of each source file, by its URL. */
  readonly code: string;
  /** One more than the highest id of a mutant. */
  readonly ids: number;
  /** The mutant that is on from the start, while files load; 0 for none. */
  readonly active: number;
  /** Of the random values that property tests draw. */
  readonly seed: number;
}

/** What the parent asks. */
export type Order =
  | { readonly kind: "load"; readonly file: string }
  /** Runs these tests in turn; with `bail` until one fails. The cheap ones come first, as groups of about one cost. */
  | {
      readonly kind: "run";
      readonly mutant: number;
      readonly groups: readonly (readonly string[])[];
      readonly bail: boolean;
    };

/**
 * What a worker says. `test` comes before each test, so that the parent knows which one hangs. `spoiled`: a test that
 * failed fails without the mutant too, so this process is of no more use.
 */
export type Report =
  | { readonly kind: "ready" }
  | {
      readonly kind: "loaded";
      readonly tests: readonly string[];
      readonly hits: readonly number[];
      readonly error?: string;
    }
  | { readonly kind: "test"; readonly test: string }
  | {
      readonly kind: "ran";
      readonly outcomes: readonly Outcome[];
      readonly spoiled: boolean;
      /** Milliseconds of processor time since the process began. */
      readonly cpu: number;
    };

/** How one test went. */
export interface Outcome {
  /** `<file> > <describe> > <name>`, with a number where names repeat. */
  readonly test: string;
  /** Milliseconds, with its share of hooks. */
  readonly ms: number;
  /** Milliseconds of processor time of this process, with its share of hooks. */
  readonly cpu: number;
  /** The mutants that it reached: all of them with none switched on, else at most the one that is. */
  readonly hits: readonly number[];
  /** Why it failed. */
  readonly error?: string;
}
