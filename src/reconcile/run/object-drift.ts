import { compareObjects, withhold } from "../../diff/index.ts";
import type { ObjectDrift } from "../../model/deploy.ts";
import type { Drifted } from "../engines/apply/index.ts";

/**
 * What differs as people are shown it, from Git to the cluster, and who wrote it last. What Secrets hold is masked, and
 * what looks like a secret withheld. `undefined` where nothing can be seen, such as the order of a list that has none.
 */
export function objectDriftOf(app: string, drifted: Drifted, fingerprintKey: Uint8Array): ObjectDrift | undefined {
  const { git: base, cluster, file } = drifted;
  // What is in the cluster, not everybody has seen who can read the repository.
  const head = cluster && withhold(cluster, base);
  const change = compareObjects({ base, head }, fingerprintKey);
  if (change === undefined) return undefined;
  const writers = (drifted.fields ?? []).flatMap(({ by }) => by ?? []);
  const [last] = writers.toSorted((a, b) => timeOf(b.at) - timeOf(a.at));
  const at = last === undefined ? 0 : timeOf(last.at);
  return { app, change, file, ...(last && { by: last.manager }), ...(at > 0 && { at }) };
}

function timeOf(text: string): number {
  return Date.parse(text) || 0;
}
