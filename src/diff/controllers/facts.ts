import type { Destination, Handling } from "../../model/declaration.ts";
import { groupOf } from "../item.ts";
import { at, isList, isObject, objectAt, textAt, type Value, type ValueObject } from "../value.ts";

/** A source of an object, and which revision of it is asked for. */
export interface AskedRevision {
  /** Where it is from, as far as that tells one source of the object from another. */
  readonly source: string;
  /** As it is written; `""` where nothing is. */
  readonly revision: string;
  /** It may lead to something else tomorrow. */
  readonly moving: boolean;
}

/** What an object of Argo CD or Flux says about how its controller works. Absent: the kind knows no such thing. */
export interface ControllerFacts extends Handling {
  /** Objects are deleted and made again where they cannot be updated, or always. */
  readonly replaces?: boolean;
  /** What it deployed is deleted when the object itself goes. */
  readonly cascades?: boolean;
  readonly destination?: Destination;
  readonly project?: string;
  readonly revisions?: readonly AskedRevision[];
}

/** What an object says about how its controller works; `undefined` where it is none of a controller's. */
export function controllerFacts(object: ValueObject): ControllerFacts | undefined {
  const group = groupOf(textAt(object, "apiVersion"));
  const kind = `${group}/${textAt(object, "kind")}`;
  return Object.hasOwn(readers, kind) ? readers[kind]?.(object) : undefined;
}

type Reader = (object: ValueObject) => ControllerFacts;

const readers: Readonly<Record<string, Reader>> = {
  "argoproj.io/Application": applicationFacts,
  "argoproj.io/ApplicationSet": (object) => ({
    cascades: at(object, "spec", "syncPolicy", "preserveResourcesOnDeletion") !== true,
  }),
  "kustomize.toolkit.fluxcd.io/Kustomization": kustomizationFacts,
  "helm.toolkit.fluxcd.io/HelmRelease": releaseFacts,
  "source.toolkit.fluxcd.io/GitRepository": sourceFacts,
  "source.toolkit.fluxcd.io/OCIRepository": sourceFacts,
  "source.toolkit.fluxcd.io/HelmRepository": ({ spec }) => ({ suspended: at(spec, "suspend") === true }),
};

function applicationFacts(object: ValueObject): ControllerFacts {
  const spec = objectAt(object, "spec");
  const automated = at(spec, "syncPolicy", "automated");
  const isAutomated = isObject(automated) && automated.enabled !== false;
  const options = texts(at(spec, "syncPolicy", "syncOptions"));
  return {
    suspended: textAt(object, "metadata", "annotations", "argocd.argoproj.io/skip-reconcile") === "true",
    automated: isAutomated,
    prune: isAutomated && automated.prune === true,
    selfHeal: isAutomated && automated.selfHeal === true,
    syncOptions: options,
    replaces: replacesBy(options),
    cascades: texts(at(object, "metadata", "finalizers")).some((one) => one.startsWith(cascading)),
    destination: destinationOf(objectAt(spec, "destination"), "name"),
    project: textAt(spec, "project") || "default",
    revisions: sourcesOf(spec).map(argoRevision),
  };
}

const cascading = "resources-finalizer.argocd.argoproj.io";

/** Whether sync options have objects replaced. */
export function replacesBy(options: readonly string[]): boolean {
  return options.some((option) => /^(?:Replace|Force)=true$/.test(option.trim()));
}

function sourcesOf(spec: ValueObject): readonly ValueObject[] {
  const several = at(spec, "sources");
  const listed = isList(several) ? several.filter(isObject) : [];
  return listed.length > 0 ? listed : [objectAt(spec, "source")];
}

function argoRevision(source: ValueObject): AskedRevision {
  const [chart, revision] = [textAt(source, "chart"), scalarAt(source, "targetRevision")];
  const moving = chart === "" ? !isFixedInGit(revision) : !isExactVersion(revision);
  return { source: [textAt(source, "repoURL"), chart, textAt(source, "ref")].join(" "), revision, moving };
}

function kustomizationFacts({ spec }: ValueObject): ControllerFacts {
  const prune = at(spec, "prune") === true;
  const policy = textAt(spec, "deletionPolicy") || "MirrorPrune";
  return {
    suspended: at(spec, "suspend") === true,
    prune,
    replaces: at(spec, "force") === true,
    cascades: policy === "MirrorPrune" ? prune : policy !== "Orphan",
    destination: fluxDestination(objectAt(spec), textAt(spec, "targetNamespace")),
  };
}

function releaseFacts(object: ValueObject): ControllerFacts {
  const spec = objectAt(object, "spec");
  const version = scalarAt(at(spec, "chart", "spec"), "version");
  const name = textAt(spec, "chart", "spec", "chart");
  const isFromGit = /^(?:GitRepository|Bucket)$/.test(textAt(spec, "chart", "spec", "sourceRef", "kind"));
  const namespace = textAt(spec, "targetNamespace") || textAt(object, "metadata", "namespace");
  return {
    suspended: at(spec, "suspend") === true,
    driftDetection: textAt(spec, "driftDetection", "mode") || "disabled",
    replaces: at(spec, "upgrade", "force") === true,
    destination: fluxDestination(spec, namespace),
    revisions: name === "" || isFromGit ? [] : [{ source: name, revision: version, moving: !isExactVersion(version) }],
  };
}

function sourceFacts({ spec }: ValueObject): ControllerFacts {
  const ref = objectAt(spec, "ref");
  const [fixed, tag] = [textAt(ref, "commit") || textAt(ref, "digest"), textAt(ref, "tag")];
  const [range, branch] = [textAt(ref, "semver"), textAt(ref, "name") || textAt(ref, "branch")];
  const revision = fixed || tag || range || branch;
  const moving = fixed === "" && (range !== "" || tag === "" || tag === "latest");
  return { suspended: at(spec, "suspend") === true, revisions: [{ source: textAt(spec, "url"), revision, moving }] };
}

function fluxDestination(spec: ValueObject, namespace: string): Destination {
  const secret = textAt(spec, "kubeConfig", "secretRef", "name");
  return { ...(secret === "" ? {} : { cluster: secret }), ...(namespace === "" ? {} : { namespace }) };
}

function destinationOf(destination: ValueObject, nameKey: string): Destination {
  const [cluster, server] = [textAt(destination, nameKey), textAt(destination, "server").replace(/\/+$/, "")];
  const namespace = textAt(destination, "namespace");
  return {
    ...(cluster === "" ? {} : { cluster }),
    ...(server === "" ? {} : { server }),
    ...(namespace === "" ? {} : { namespace }),
  };
}

/** A commit, or a tag that is a version; a version with less than three parts may be a constraint. */
function isFixedInGit(revision: string): boolean {
  return (
    /^[0-9a-f]{7,64}$/i.test(revision) ||
    /^(?:refs\/tags\/.+|(?:.*[-/])?v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?)$/.test(revision)
  );
}

function isExactVersion(version: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version.trim());
}

/** A version may be written as a number. */
function scalarAt(value: Value | undefined, key: string): string {
  const found = at(value, key);
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
}

function texts(value: Value | undefined): readonly string[] {
  return isList(value) ? value.filter((one) => typeof one === "string") : [];
}
