import type { JsonObject } from "../../../src/model/json.ts";
import { deployment, job } from "../../support/apply-world.ts";
import { argocdNamespace } from "./argocd.ts";
import type { ApiObject } from "./objects.ts";
import type { TestRepository } from "./world.ts";

/** The folder that is deployed, with these objects and nothing else in one file. */
export function deployed(...objects: readonly JsonObject[]): Record<string, string> {
  return { "deploy/all.yaml": objects.map((object) => JSON.stringify(object)).join("\n---\n") };
}

/** A Deployment that is given up after five seconds: the default is ten minutes. */
export function impatient(name: string, image: string, annotations: JsonObject = {}): JsonObject {
  const { spec, ...more } = deployment(name, image, annotations);
  return { ...more, spec: { ...(typeof spec === "object" ? spec : {}), progressDeadlineSeconds: 5 } };
}

/** A Job that tries once; see the images of `readStages` for those that fail. */
export function jobOnce(name: string, image: string, annotations: JsonObject = {}, pod: JsonObject = {}): JsonObject {
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "job", image }], ...pod } };
  return { ...job(name, annotations), spec: { backoffLimit: 0, template } };
}

/** An Application that deploys the folder of a repository; `spec` replaces fields. */
export function application({ name, url }: TestRepository, namespace: string, spec: object = {}): ApiObject {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: argocdNamespace },
    spec: {
      project: "default",
      source: { repoURL: url, path: "deploy", targetRevision: "main" },
      destination: { server: "https://kubernetes.default.svc", namespace },
      ...spec,
    },
  };
}

/** A GitRepository that follows a repository; `spec` replaces fields. */
export function gitRepository({ name, url }: TestRepository, namespace: string, spec: object = {}): ApiObject {
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name, namespace },
    spec: { interval: "1h", url, ref: { branch: "main" }, ...spec },
  };
}

/** A Kustomization that deploys the folder from the GitRepository of the same name; `spec` replaces fields. */
export function kustomization({ name }: TestRepository, namespace: string, spec: object = {}): ApiObject {
  const sourceRef = { kind: "GitRepository", name };
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace },
    spec: { interval: "1h", prune: true, path: "deploy", sourceRef, targetNamespace: namespace, ...spec },
  };
}
