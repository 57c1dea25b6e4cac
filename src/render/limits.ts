/** What one render may use. All but time and memory are deterministic: the same input always meets them. */
export interface RenderLimits {
  /** Milliseconds from the engine's start on a render to its answer. */
  readonly wallMs: number;
  /** Size of a result. */
  readonly outputBytes: number;
  /** Resources in a result, and documents in one file. */
  readonly documents: number;
  /** Nodes that the YAML aliases of one document may stand for. */
  readonly aliases: number;
  /** Size of one file. */
  readonly fileBytes: number;
  /** Files that one render may read. */
  readonly files: number;
  /** Memory of the engine's process. */
  readonly memoryBytes: number;
}

/** The limits where the server's settings say nothing. */
export const defaultLimits: RenderLimits = {
  wallMs: 30_000,
  outputBytes: 64 * 1024 * 1024,
  documents: 20_000,
  aliases: 100_000,
  fileBytes: 16 * 1024 * 1024,
  files: 20_000,
  memoryBytes: 1024 * 1024 * 1024,
};

/** Limits whose excess depends on the machine and the moment: such failures are never kept. */
export const passingLimits: ReadonlySet<string> = new Set(["wallMs", "memoryBytes"] satisfies (keyof RenderLimits)[]);

/** How much later or larger than the engine's own watch the host strikes, so that the engine can say it better. */
export const hostGrace = { wallMs: 500, memory: 1.25 };
