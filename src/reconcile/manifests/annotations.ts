/** The prefix of labels and annotations that are Sluice's own. */
const own = "sluice.dev";

/** On a hook: the operation that it was started by. A repository cannot set it. */
export const operationAnnotation = `${own}/operation`;

/** On a hook: the set of objects that it is for. A repository cannot set it. */
export const setAnnotation = `${own}/set`;

/** Keeps a hook in the cluster until its result was read, whoever deletes it. */
export const hookFinalizer = `${own}/hook`;

/** `keep`: never deleted by Sluice; `delete`: deleted though it is of a kind that Sluice keeps by itself. */
export const pruneAnnotation = `${own}/prune`;

/** `allowed`: an object whose change its kind forbids is deleted and made again. */
export const replaceAnnotation = `${own}/replace`;

/** Argo CD's options of one object, a list with commas. */
export const argoOptions = "argocd.argoproj.io/sync-options";

/** How the labels and annotations of ApplySets begin: as `kubectl` has it, and as their specification has it. */
export const applySetPrefixes: readonly string[] = ["applyset.kubernetes.io/", "applyset.k8s.io/"];

/** Whether Argo CD's options of an object hold one, such as `Prune=false`. */
export function hasOption(options: string, option: string): boolean {
  return options.split(",").some((one) => one.trim().toLowerCase() === option.toLowerCase());
}
