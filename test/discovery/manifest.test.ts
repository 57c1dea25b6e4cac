import { describe, expect, it } from "vitest";
import { controllerFolders, holdsFlux, holdsManifest } from "../../src/discovery/manifest.ts";

describe("a Kubernetes manifest", () => {
  it.each([
    ["a plain object", "apiVersion: v1\nkind: Service\n"],
    ["behind comments and a directive", "# a\n%YAML 1.2\n---\n# b\n'apiVersion': apps/v1\nkind: Deployment\n"],
    ["indented as a whole", "  apiVersion: v1\n  kind: Service\n"],
    ["in the second document", "a: 1\n---\nkind: Pod\napiVersion: v1\n"],
    ["in JSON", '{\n  "kind": "List",\n  "apiVersion": "v1",\n  "items": []\n}'],
    ["in flow style", "{apiVersion: batch/v1, kind: Job, metadata: {name: a}}"],
    [
      "with words in braces that are quoted",
      "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\nspec: {path: '{{path}}'}\n",
    ],
    [
      "with a script in braces",
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: |\n    {% if x %}\n    {{ y }}\n",
    ],
    ["with braces in prose", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: see {{ b }} there}\n"],
    ["broken, without braces", "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: 1\n b: 2\n"],
  ])("%s", (_, text) => expect(holdsManifest(text)).toBe(true));

  it.each([
    ["a task of Ansible", "- k8s:\n    definition:\n      apiVersion: v1\n      kind: Namespace\n"],
    ["an object below a key", "cluster:\n  inlineManifests:\n    apiVersion: v1\n    kind: Secret\n"],
    ["a document of Talos", "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n"],
    ["settings of the kubelet", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"],
    ["admission settings", "apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n"],
    ["settings of kind", "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n"],
    ["a kubeconfig", "apiVersion: v1\nkind: Config\nclusters: []\n"],
    ["a transformer of kustomize", "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: a}\n"],
    ["a template with a name to fill in", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {{ app }}\n"],
    [
      "a template with a condition",
      "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n{% if x %}\n  labels: {}\n{% endif %}\n",
    ],
    ["a template with a name to complete", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-{{ env }}\n"],
    ["a template of cookiecutter", "apiVersion: v1\nkind: Pod\nmetadata: { name: {{cookiecutter.name}}-x }\n"],
    ["JSON with an object below a key", '{"a": {"apiVersion": "v1", "kind": "Pod"}}'],
    ["an empty file", ""],
  ])("is not %s", (_, text) => expect(holdsManifest(text)).toBe(false));

  it("of Flux is told apart from kustomize's own file", () => {
    expect(holdsFlux("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n")).toBe(true);
    expect(holdsFlux("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n")).toBe(false);
  });
});

describe("the objects of controllers in a text", () => {
  it("are seen in a chart's template too, with the folders that they name up to a wildcard", () => {
    const text = `{{- range .Values.apps }}
apiVersion: argoproj.io/v1alpha1
kind: Application
spec: { source: { path: ./apps/*/prod } }
{{ end -}}
`;
    expect(controllerFolders(text)).toEqual(["apps"]);
    expect(controllerFolders("apiVersion: v1\nkind: Service\n")).toBeUndefined();
  });
});
