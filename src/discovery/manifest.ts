import { z } from "zod";
import { yamlValues } from "../model/yaml-values.ts";

/**
 * Whether a text holds Kubernetes objects: documents with `apiVersion` and `kind` at their top, of an API that a
 * cluster serves. Settings of tools (Talos, kubelet, kind), tasks of Ansible with an object below a key, and templates
 * of Jinja or cookiecutter are none. A text that is no YAML counts as it looks, so that a broken manifest is not
 * overlooked.
 */
export function holdsManifest(text: string): boolean {
  return headsOf(text).some(({ apiVersion, kind }) => isServed(apiVersion, kind)) && !isTemplate(text);
}

/** Whether a text holds a `Kustomization` of Flux. */
export function holdsFlux(text: string): boolean {
  if (!text.includes(fluxGroup)) return false;
  return headsOf(text).some(({ apiVersion, kind }) => kind === "Kustomization" && apiVersion.startsWith(fluxGroup));
}

/**
 * The folders that the objects of controllers in a text name, up to the first wildcard; `undefined` where it has no
 * such object: an Application or ApplicationSet of Argo CD, a Kustomization, HelmRelease,
 * ArtifactGenerator or ResourceSet of Flux, a FluxInstance. Paths of other repositories may be among them.
 */
export function controllerFolders(text: string): readonly string[] | undefined {
  if (!/argoproj\.io\/|(?:toolkit|extensions)\.fluxcd\.io\/|fluxcd\.controlplane\.io\//.test(text)) return undefined;
  if (controllersIn(text).length === 0) return undefined;
  const paths = [...text.matchAll(/(?:^[ \t]*(?:-[ \t]+)?|[{,][ \t]*)["']?path["']?[ \t]*:[ \t]*["']?([^\s"'#,}]+)/gm)];
  const folders = paths.map(([, path = ""]) => fixedFolder(path));
  // A path that begins with a wildcard says nothing; `/` is more often one of an Ingress.
  return [...new Set(folders.filter((folder, index) => folder !== "" || /^\.\/?$/.test(paths[index]?.[1] ?? "")))];
}

function controllersIn(text: string): readonly Head[] {
  // Lines that a chart's template fills in are no YAML.
  const filled = text.replace(/^[ \t]*\{\{.*\}\}[ \t]*$/gm, "");
  return headsOf(filled).filter(({ apiVersion, kind }) => isController(apiVersion, kind));
}

function isController(apiVersion: string, kind: string): boolean {
  const group = apiVersion.slice(0, apiVersion.indexOf("/"));
  return controllerKinds[group]?.includes(kind) === true;
}

const controllerKinds: Readonly<Record<string, readonly string[]>> = {
  "argoproj.io": ["Application", "ApplicationSet"],
  "kustomize.toolkit.fluxcd.io": ["Kustomization"],
  "helm.toolkit.fluxcd.io": ["HelmRelease"],
  "source.extensions.fluxcd.io": ["ArtifactGenerator"],
  "fluxcd.controlplane.io": ["FluxInstance", "ResourceSet"],
};

/** `./apps/*` and `/apps/{{name}}` are `apps`. */
function fixedFolder(path: string): string {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  const end = names.findIndex((name) => /[*?{[<]/.test(name));
  return (end < 0 ? names : names.slice(0, end)).join("/");
}

const fluxGroup = "kustomize.toolkit.fluxcd.io/";

function headsOf(text: string): readonly Head[] {
  if (!text.includes("kind") || !text.includes("apiVersion")) return [];
  return text
    .split(documentStart)
    .map(headOf)
    .filter((one) => one !== undefined);
}

const documentStart = /^---(?:[ \t].*)?$/m;

interface Head {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The two fields at the top of one document, in block or flow style. */
function headOf(document: string): Head | undefined {
  const first = /^([ \t]*)[^\s#%]/m.exec(document);
  if (first === null) return undefined;
  if (first[0].endsWith("{")) return flowHead(document);
  const field = (name: string) => fieldAt(`^${first[1]}`, name).exec(document)?.[1];
  const [apiVersion, kind] = [field("apiVersion"), field("kind")];
  return apiVersion === undefined || kind === undefined ? undefined : { apiVersion, kind };
}

/** The field `name` that follows what `before` matches, with its value's first word. */
function fieldAt(before: string, name: string): RegExp {
  return new RegExp(`${before}["']?${name}["']?[ \\t]*:[ \\t]+["']?([^\\s"',}#]+)`, "m");
}

const head = z.object({ apiVersion: z.string(), kind: z.string() });

function flowHead(document: string): Head | undefined {
  return head.safeParse(yamlValues(document)[0]).data;
}

/** API groups of files that look like manifests but are settings of tools; no cluster serves them. */
const settings = new RegExp(
  `^(?:${[
    ...["skaffold", "kind\\.x-k8s\\.io", "kubeadm\\.k8s\\.io", "kustomize\\.config\\.k8s\\.io", "backstage\\.io"],
    ...["ctlptl\\.dev", "k3d\\.io", "eksctl\\.io", "k0sctl\\.k0sproject\\.io", "(?:[a-z-]+\\.)*config\\.k8s\\.io"],
    ...["audit\\.k8s\\.io", "client\\.authentication\\.k8s\\.io", "cli\\.kyverno\\.io", "chainsaw\\.kyverno\\.io"],
    ...["kuttl\\.dev", "krew\\.googlecontainertools\\.github\\.com", "config\\.kubernetes\\.io", "score\\.dev"],
  ].join("|")})/`,
);

/** The core group is `v1` alone; every other one has a name with a dot, or is one of the first of Kubernetes. */
function isServed(apiVersion: string, kind: string): boolean {
  if (apiVersion === "v1") return kind !== "Config";
  return /^[a-z0-9.-]+\/v\d/.test(apiVersion) && !settings.test(apiVersion);
}

const named = z.object({ metadata: z.object({ name: z.string().regex(/^[^{]*$/) }).partial() }).partial();

/** Where braces of a template may be more than words of a text: at the start of a line or a value, or in a name. */
const suspicious = /(?:^[ \t]*|[:,[{-][ \t]+|name:.*)\{[{%]/m;

/** Whether a text with braces of a template is one that is filled in before it is YAML. */
function isTemplate(text: string): boolean {
  if (!suspicious.test(text)) return false;
  return yamlValues(text).some((value) => value === undefined || !named.safeParse(value ?? {}).success);
}
