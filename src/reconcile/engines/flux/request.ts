/** The annotation that asks Flux to reconcile an object now. */
export const requestedAtAnnotation = "reconcile.fluxcd.io/requestedAt";

/**
 * The value that Sluice gives to it. It names the head and not the operation: many targets share a source or a
 * Kustomization, and would take turns at overwriting each other's. `at` in milliseconds since the epoch.
 */
export function requestToken(head: string, at: number): string {
  return `${new Date(at).toISOString()}/sluice/${head}`;
}

/** What a request says, whoever made it. */
export interface ReconcileRequest {
  /** When it was made; `undefined`: the text has no time. */
  readonly at: number | undefined;
  /** The head that Sluice asked for; `undefined`: somebody else asked. */
  readonly head: string | undefined;
}

const own = /^(.+)\/sluice\/([0-9a-f]{40,64})$/;
/** As the command line of Flux writes it, and its receivers, which put blanks between the parts. */
const time = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d* ?(Z|[+-]\d\d:?\d\d)(?: |$)/;

/** Reads the annotation. */
export function readRequest(value: string): ReconcileRequest {
  const [, start = value, head] = own.exec(value) ?? [];
  const [, day, clock, zone] = time.exec(start) ?? [];
  const at = Date.parse(`${day}T${clock}${zone}`);
  return { at: Number.isNaN(at) ? undefined : at, head };
}

/** Whether what a person asked for at a time was taken up; nothing else tells it from what was there before. */
export function isTaken(
  { requestedAt, handledAt }: { readonly requestedAt: string; readonly handledAt: string },
  askedAt: number | undefined,
): boolean {
  if (askedAt === undefined) return true;
  return requestedAt === handledAt && (readRequest(handledAt).at ?? Number.NEGATIVE_INFINITY) >= askedAt;
}
