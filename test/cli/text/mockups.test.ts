import { describe, expect, it } from "vitest";
import { uncommittedWarning } from "../../../src/cli/dirty.ts";
import { previewText } from "../../../src/cli/format/text.ts";
import { style } from "../../../src/cli/style.ts";
import { compareTarget, renderFailureFinding } from "../../../src/diff/index.ts";
import type { Finding, Preview, TargetPreview } from "../../../src/model/preview.ts";
import { preview, resources, target } from "../../diff/support.ts";
import { lintText } from "../../support/text-lint.ts";

const claim = (name: string) => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name} }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 5Gi } }
`;
const job = (name: string) => `apiVersion: batch/v1
kind: CronJob
metadata: { name: ${name} }
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: backup, image: "ghcr.io/acme/backup:1.0.0" }]
`;
const deployment = (name: string, image: string, replicas = 2) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers: [{ name: ${name}, image: "${image}" }]
`;

interface Side {
  readonly name: string;
  readonly base: string;
  readonly head: string;
  readonly place: { readonly file: string; readonly line: number };
}

function compared({ name, base, head, place }: Side): Compared {
  const [app = "", environment = ""] = name.split("/");
  const about = { app, environment, ignore: [], fingerprintKey: "key" };
  const { findings, ...facts } = compareTarget({ ...about, base: resources(base), head: resources(head) });
  const status = facts.changes.length > 0 ? "changed" : "unchanged";
  return {
    target: target(name, { ...facts, status }),
    findings: findings.map(({ target: _, pointer: __, ...finding }) => ({ ...finding, ...place })),
  };
}

interface Compared {
  readonly target: TargetPreview;
  readonly findings: readonly Finding[];
}

function shown(all: readonly Compared[], more: Partial<Preview>, headName: string): string {
  const text = previewText(
    preview(
      all.map((one) => one.target),
      {
        ...{ environments: ["dev", "staging", "prod"], apps: 3, findings: all.flatMap((one) => one.findings) },
        ...{ mergeBase: "a65db0f".padEnd(40, "0"), head: "46d6961".padEnd(40, "0") },
        ...more,
      },
    ),
    { colours: false, all: false, baseName: "main", headName },
  );
  expect(lintText(text, "terminal")).toEqual([]);
  return text;
}

const complete = { targets: 8, affected: 6, rendered: 6, failed: 0, truncated: 0, hiddenLines: 0, unpinned: [] };

describe("a preview on the terminal", () => {
  it("cli-preview: the verdict, then findings, places, diffs, and what was compared", () => {
    const orders = deployment("orders", "ghcr.io/acme/orders:2.1.0");
    const backups = ["dev", "staging", "prod"].map((environment) =>
      compared({
        name: `orders/${environment}`,
        base: `${orders}---\n${claim("orders-backup")}---\n${job("orders-backup")}`,
        head: orders,
        place: { file: "apps/orders/base/kustomization.yaml", line: 7 },
      }),
    );
    const gatewayPlace = { file: "apps/gateway/values-prod.yaml", line: 1 };
    const gateway = compared({
      name: "gateway/prod",
      base: deployment("gateway", "ghcr.io/acme/gateway:3.1.2"),
      head: deployment("gateway", "ghcr.io/acme/gateway:latest"),
      place: gatewayPlace,
    });
    const same = ["prod", "staging"].map((environment) =>
      compared({ name: `webapp/${environment}`, base: orders, head: orders, place: gatewayPlace }),
    );
    expect(shown([...backups, gateway, ...same], { completeness: complete }, "tidy-orders"))
      .toBe(`Danger in prod: volume claim deleted (orders), and 1 warning

danger   orders in prod, staging, dev
         Loses the volume claim orders-backup. Where pruning is on, the deploy deletes the claim.
         Its data goes too, unless the reclaim policy is Retain.
         fix: keep the claim, or back up the data first    apps/orders/base/kustomization.yaml:7
warning  gateway in prod
         Runs gateway:latest. What starts depends on the registry at that moment, and a rollback may
         not bring the old image back.
         fix: name a version                               apps/gateway/values-prod.yaml:1

prod, staging, dev  orders   2 resources removed  danger
prod                gateway  3.1.2 → latest       warning

Deployment gateway in prod
  @@ spec.template.spec.containers[gateway] @@
  -image: ghcr.io/acme/gateway:3.1.2
  +image: ghcr.io/acme/gateway:latest

PersistentVolumeClaim orders-backup removed: prod, staging, dev (−10 each)
CronJob orders-backup removed: prod, staging, dev (−14 each)

main a65db0f → tidy-orders 46d6961, checked 6 of 6, 2 stay the same
Show the removed resources too: --full
`);
  });

  it("cli-preview-nothing: what is not committed stands before the claim, and nothing is claimed without its reason", () => {
    const files = ["apps/webapp/overlays/prod/kustomization.yaml", ".sluice.yaml"];
    expect(uncommittedWarning(files, style(false))).toEqual([
      "warning: 2 changed files are not committed, so they are not compared:",
      "           apps/webapp/overlays/prod/kustomization.yaml",
      "           .sluice.yaml",
      "         Compare the files as they are: --worktree",
    ]);
    const nothing = { ...complete, affected: 0, rendered: 0 };
    expect(shown([], { completeness: nothing, changedFiles: 0 }, "feature")).toBe(
      "No change in prod, staging or dev: main and feature have the same files.\n",
    );
    expect(shown([], { completeness: nothing, changedFiles: 2 }, "feature")).toBe(`No change in prod, staging or dev

No app uses the 2 changed files. Sluice knows 3 apps in these environments.

main a65db0f → feature 46d6961
`);
  });

  it("cli-render-failed: the file first, then what the tool says, then what could be compared", () => {
    const message = "accumulating resources from 'scale-v2.yaml': no such file or directory";
    const file = { file: "apps/orders/overlays/prod/kustomization.yaml", line: 12 };
    const failure = { kind: "input", message, ...file } as const;
    const broken = target("orders/prod", { status: "failed", error: { message, ...file, side: "head" } });
    const staging = compared({
      name: "orders/staging",
      base: deployment("orders", "ghcr.io/acme/orders:2.1.0", 2),
      head: deployment("orders", "ghcr.io/acme/orders:2.1.0", 3),
      place: { file: "apps/orders/overlays/staging/kustomization.yaml", line: 3 },
    });
    const found = renderFailureFinding({ app: "orders", environment: "prod", failure, cause: "change" });
    const completeness = { ...complete, affected: 2, rendered: 1, failed: 1 };
    expect(shown([{ target: broken, findings: [found] }, staging], { completeness }, "scale"))
      .toBe(`orders in prod cannot be rendered

apps/orders/overlays/prod/kustomization.yaml:12: orders in prod cannot be rendered
  kustomize: ${message}

staging  orders  replicas 2 → 3

Deployment orders in staging
  @@ spec @@
  -replicas: 2
  +replicas: 3

main a65db0f → scale 46d6961, checked 1 of 2
`);
  });
});
