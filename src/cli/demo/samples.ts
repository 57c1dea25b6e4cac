import { join } from "node:path";
import { type LocalSources, startLocalSources } from "../../../sandbox/index.ts";
import { installed } from "../installation.ts";
import { type DemoPull, swap } from "./pulls.ts";
import type { SampleName } from "./sample-names.ts";

/** A sample repository of `examples/`, and what the demo's people do with it. */
export interface Sample {
  /** Its folder in `examples`. */
  readonly name: SampleName;
  readonly summary: string;
  /** Its address on GitHub, as its files have it. */
  readonly address: string;
  readonly pulls: readonly DemoPull[];
}

const flux: Sample = {
  name: "flux",
  summary: "Flux with two clusters, HelmReleases and substitution",
  address: "https://github.com/acme/flux-shop",
  pulls: [
    {
      branch: "web-1.5.0",
      title: "Update chart web to 1.5.0",
      body: "As Renovate opens it: one line.",
      edits: { "apps/base/webapp/chart.yaml": swap("tag: 1.4.0", "tag: 1.5.0") },
      expects: ["webapp", "staging", "production", "runAsNonRoot"],
    },
    {
      branch: "more-orders",
      title: "Run five replicas in production",
      body: "A variable of one cluster.",
      edits: { "clusters/production/cluster-vars.yaml": swap('REPLICAS: "3"', 'REPLICAS: "5"') },
      expects: ["production", "orders", "webapp", "5"],
    },
    {
      branch: "pause-apps",
      title: "Suspend the apps in production",
      body: "Just for the weekend.",
      edits: { "clusters/production/apps.yaml": swap("  prune: true\n", "  prune: false\n  suspend: true\n") },
      expects: ["suspend"],
    },
  ],
};

const argocd: Sample = {
  name: "argocd",
  summary: "Argo CD with an app of apps, an ApplicationSet and charts that are elsewhere",
  address: "https://github.com/acme/argocd-shop",
  pulls: [
    {
      branch: "ingress-2.1.0",
      title: "Update chart ingress to 2.1.0",
      body: "As Renovate opens it: one line in two Applications.",
      edits: {
        "applications/ingress-staging.yaml": swap("targetRevision: 2.0.3", "targetRevision: 2.1.0"),
        "applications/ingress-prod.yaml": swap("targetRevision: 2.0.3", "targetRevision: 2.1.0"),
      },
      expects: ["ingress", "2.1.0"],
    },
    {
      branch: "new-service",
      title: "Add the service mail",
      body: "The ApplicationSet makes an Application of the folder.",
      edits: {
        "services/mail/overlays/staging/kustomization.yaml": () =>
          [
            "apiVersion: kustomize.config.k8s.io/v1beta1",
            "kind: Kustomization",
            "resources:",
            "  - deployment.yaml",
            "",
          ].join("\n"),
        "services/mail/overlays/staging/deployment.yaml": () =>
          [
            "apiVersion: apps/v1",
            "kind: Deployment",
            "metadata: { name: mail }",
            "spec:",
            "  selector: { matchLabels: { app: mail } }",
            "  template:",
            "    metadata: { labels: { app: mail } }",
            "    spec:",
            "      containers: [{ name: mail, image: ghcr.io/acme/mail:1.0.0 }]",
            "",
          ].join("\n"),
      },
      expects: ["mail", "staging"],
    },
  ],
};

const monorepo: Sample = {
  name: "monorepo",
  summary: "folders that Sluice deploys beside Applications of Argo CD",
  address: "https://github.com/acme/monorepo",
  pulls: [
    {
      branch: "longer-retention",
      title: "Keep metrics for 90 days in prod",
      body: "Values of a chart that an Application deploys.",
      edits: { "charts/metrics/values-prod.yaml": swap("retention: 30d", "retention: 90d") },
      expects: ["metrics", "prod", "90d"],
    },
    {
      branch: "checkout-2.3.0",
      title: "Release checkout 2.3.0 to prod",
      body: "An overlay, and Terraform that no cluster reads.",
      edits: {
        "apps/checkout/overlays/prod/kustomization.yaml": swap('newTag: "2.2.4"', 'newTag: "2.3.0"'),
        "terraform/network.tf": (text) => `${text}# reviewed\n`,
      },
      expects: ["checkout", "prod", "2.3.0"],
    },
  ],
};

/** The samples. */
export const SAMPLES: Readonly<Record<SampleName, Sample>> = { argocd, flux, monorepo };

/** Serves what the samples fetch; the registry only where there is a program for it. */
export function serveSources(folder: string): Promise<LocalSources> {
  const registry = process.env.SLUICE_REGISTRY;
  return startLocalSources({
    dataDir: join(folder, "sources"),
    content: installed("examples", "remote"),
    tag: "v1.2.0",
    ...(registry !== undefined && { registry }),
  });
}
