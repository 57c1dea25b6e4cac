import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { idleConfiguration, uncommittedWarning } from "../../../src/cli/dirty.ts";
import { previewText } from "../../../src/cli/format/text.ts";
import { problemLines } from "../../../src/cli/problems.ts";
import { reportError } from "../../../src/cli/report-error.ts";
import { style } from "../../../src/cli/style.ts";
import { parseConfig } from "../../../src/config/index.ts";
import { compareTarget, renderFailureFinding } from "../../../src/diff/index.ts";
import { checkApp } from "../../../src/github/check-app.ts";
import { Fault, UserError } from "../../../src/model/errors.ts";
import type { Finding, Preview, TargetPreview } from "../../../src/model/preview.ts";
import { resolvePairs } from "../../../src/promote/resolve.ts";
import { readSettings } from "../../../src/settings.ts";
import { configured } from "../../../src/targets/index.ts";
import { preview, resources, target } from "../../diff/support.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { planReads, sourceOf } from "../../support/plan-reads.ts";
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

/** What a command that fails with this prints on standard error. */
function printed(thrown: unknown): string {
  let text = "";
  const stream = {
    write: (part: string) => {
      text += part;
    },
  };
  reportError(
    thrown,
    { stdout: stream, stderr: stream, env: {}, cwd: "/", signal: new AbortController().signal },
    false,
  );
  expect(lintText(text, "terminal")).toEqual([]);
  return text;
}

/** What this throws, printed. */
function refused(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return printed(error);
  }
  return "";
}

function readConfig(text: string) {
  const parsed = parseConfig(text, ".sluice.yaml");
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join());
  return parsed.config;
}

const environments = `version: 1
environments:
  - { name: dev, path: "apps/{app}/dev" }
  - { name: staging, path: "apps/{app}/staging", from: dev }
  - { name: prod, path: "apps/{app}/prod", from: staging }
`;

const noTargets = { targets: [], environments: [], source: "file", problems: [], notes: [] } as const;

describe("cli-errors: what, where, and the fix, each once", () => {
  it("of a name that is not there has what was meant, and what there is", () => {
    const context = { config: readConfig(environments), targets: noTargets };
    expect(refused(() => resolvePairs(context, "pord", []))).toBe(
      'error: there is no environment "pord"\nfix:   did you mean "prod"? (dev, staging, prod)\n',
    );
  });

  it("of a configuration shows the line, the value, and what to write", () => {
    const text = environments.replace("from: staging", "from: staging, gates: { soak: 30 }");
    const parsed = parseConfig(text, ".sluice.yaml");
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problemLines(problems, text, style(false))).toEqual([
      '.sluice.yaml:5:74: "soak: 30" needs a unit',
      '  5 |   - { name: prod, path: "apps/{app}/prod", from: staging, gates: { soak: 30 } }',
      "                                                                               ^",
      "fix: write soak: 30m",
      "",
    ]);
  });

  it("of a configuration that is not read says what to do with it", async () => {
    const top = mkdtempSync(join(tmpdir(), "sluice-idle-"));
    const place = { gitDir: join(top, ".git"), top, path: "" };
    const told = async () => {
      const idle = await idleConfiguration(place, memoryTree({}));
      return idle === undefined ? "" : printed(new UserError("config", idle.what, { fix: idle.fix }));
    };
    writeFileSync(join(top, ".sluice.yml"), environments);
    expect(await told()).toBe(
      "error: .sluice.yml has no effect, the name is .sluice.yaml\nfix:   git mv .sluice.yml .sluice.yaml\n",
    );
    writeFileSync(join(top, ".sluice.yaml"), environments);
    expect(await told()).toBe(
      "error: .sluice.yaml is here but not committed\nfix:   git add .sluice.yaml && git commit\n",
    );
    rmSync(top, { recursive: true });
    await expect(configured(sourceOf(memoryTree({})), planReads()).catch(printed)).resolves.toBe(
      "error: this repository has no .sluice.yaml, so only previews work\nfix:   add one: the README of Sluice has an example\n",
    );
  });

  it("of the server's settings names the variable", () => {
    const key = generateKeyPairSync("rsa", { modulusLength: 2048 })
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString();
    const given = { APP_ID: "4711", PRIVATE_KEY: key, WEBHOOK_SECRET: "0123456789abcdef0123", PORT: "abc" };
    const noFile = () => {
      throw Object.assign(new Error("no file"), { code: "ENOENT" });
    };
    expect(refused(() => readSettings(given, noFile))).toBe(
      'error: PORT is "abc", not a whole number in 0–65535\nfix:   set this in the environment; docs/installation.md says where each comes from\n',
    );
  });

  it("of credentials says what GitHub answers to them", async () => {
    const refusal = new Fault("unavailable", "Bad credentials", { fields: { status: 401 } });
    const expected = { appId: 4711, events: [], webUrl: "https://github.com", now: 0 };
    const [problem] = await checkApp(
      () => Promise.reject(refusal),
      () => expected,
    );
    expect(problem).toEqual({
      fatal: true,
      message: "GitHub refuses these credentials (401): APP_ID 4711 with this PRIVATE_KEY",
      fix: "Check both. A new key comes from the App's page, below https://github.com/settings/apps or the organization's settings.",
    });
  });

  it("of a registry that wants fewer requests says how to get more", () => {
    const slow = new Fault("throttled", "ghcr.io asks to wait 30 seconds (429)", { fields: { registry: "ghcr.io" } });
    expect(printed(slow)).toBe(
      "error: ghcr.io asks to wait 30 seconds (429)\nfix:   try again later, or log in for a higher limit: docker login ghcr.io\n",
    );
  });
});

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
    expect(
      shown([...backups, gateway, ...same], { completeness: complete }, "tidy-orders"),
    ).toBe(`Danger in prod: volume claim deleted (orders), and 1 warning

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
    expect(
      shown([{ target: broken, findings: [found] }, staging], { completeness }, "scale"),
    ).toBe(`orders in prod cannot be rendered

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
