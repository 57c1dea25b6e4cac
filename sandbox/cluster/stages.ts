import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";

const expressions = z.array(z.record(z.string(), z.unknown()));
const stage = z.looseObject({
  kind: z.literal("Stage"),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ selector: z.looseObject({ matchExpressions: expressions }) }),
});
type Stage = z.infer<typeof stage>;
const storageClass = z.looseObject({ kind: z.literal("StorageClass"), metadata: z.looseObject({ name: z.string() }) });

/** What kwok is started with, and the object that makes its volumes the default ones. */
export interface Stages {
  /** YAML documents. */
  readonly config: string;
  readonly storageClass: z.infer<typeof storageClass>;
}

/** Images whose Pods fail, and how. */
export interface FailingImages {
  /** An expression that the image's name matches: `acme/webapp:1\\.8`. */
  readonly pattern: string;
  readonly how: "crash" | "pull" | "exit";
}

/** The tag of a Pod's image chooses how it fails, so that a new image in Git is what fails. */
const byTag: readonly FailingImages[] = (["crash", "pull", "exit"] as const).map((how) => ({
  pattern: `:fail-${how}`,
  how,
}));

/**
 * The stages of kwok's module from a folder, and one for each way to fail. `more` fail besides those with a tag for it.
 */
export function readStages(folder: string, more: readonly FailingImages[] = []): Stages {
  const files = readdirSync(folder).sort();
  const objects = files.map((file): unknown => parse(readFileSync(join(folder, file), "utf8")));
  const all = [...byTag, ...more];
  const defaults = objects.flatMap((object) => stage.safeParse(object).data ?? []).map((one) => except(one, all));
  const [volumes] = objects.flatMap((object) => storageClass.safeParse(object).data ?? []);
  if (defaults.length === 0 || volumes === undefined) throw new Error(`${folder} has no stages of kwok`);
  return {
    config: [...defaults, ...all.map(failing)].map((one) => stringify(one, { lineWidth: 0 })).join("---\n"),
    storageClass: volumes,
  };
}

/** What fails is none for the stages that let a Pod run and end well. */
const runsWell = new Set(["pod-ready", "pod-complete"]);

function except(one: Stage, images: readonly FailingImages[]): Stage {
  if (!runsWell.has(one.metadata.name)) return one;
  const { matchExpressions } = one.spec.selector;
  const others = images.map(({ pattern }) => ({ key: imageLike(pattern), operator: "DoesNotExist" }));
  const selector = { matchExpressions: [...matchExpressions, ...others] };
  return { ...one, spec: { ...one.spec, selector } };
}

/** One way to fail, as a Pod's status shows it. */
interface Failure {
  readonly phase: "Pending" | "Running" | "Failed";
  readonly restarts: number;
  /** Of each container; `$now` is the time. */
  readonly state: object;
  readonly lastState?: object;
}

const exited = { exitCode: 1, reason: "Error", startedAt: "$now", finishedAt: "$now" };
const failures: Readonly<Record<FailingImages["how"], Failure>> = {
  crash: {
    phase: "Running",
    restarts: 5,
    state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 2m40s restarting failed container" } },
    lastState: { terminated: exited },
  },
  pull: {
    phase: "Pending",
    restarts: 0,
    state: { waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } },
  },
  exit: { phase: "Failed", restarts: 0, state: { terminated: exited } },
};

function failing({ pattern, how }: FailingImages, index: number): object {
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name: `pod-fails-${index}-by-${how}` },
    spec: {
      resourceRef: { apiGroup: "v1", kind: "Pod" },
      selector: {
        matchExpressions: [
          { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" },
          { key: ".status.containerStatuses", operator: "DoesNotExist" },
          { key: imageLike(pattern), operator: "Exists" },
        ],
      },
      next: { statusTemplate: statusOf(failures[how]) },
    },
  };
}

/** A query of jq. */
function imageLike(pattern: string): string {
  return `.spec.containers[].image | select(test(${JSON.stringify(pattern)}))`;
}

function statusOf({ phase, restarts, state, lastState }: Failure): string {
  const notReady = (type: string): string =>
    `- {type: ${type}, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }}}`;
  return [
    "{{ $now := Now }}",
    `phase: ${phase}`,
    "startTime: {{ $now | Quote }}",
    "conditions:",
    notReady("Ready"),
    notReady("ContainersReady"),
    "containerStatuses:",
    "{{ range .spec.containers }}",
    "- name: {{ .name | Quote }}",
    "  image: {{ .image | Quote }}",
    "  ready: false",
    `  restartCount: ${restarts}`,
    `  state: ${templated(state)}`,
    ...(lastState === undefined ? [] : [`  lastState: ${templated(lastState)}`]),
    "{{ end }}",
  ].join("\n");
}

function templated(value: object): string {
  return JSON.stringify(value).replaceAll('"$now"', "{{ $now | Quote }}");
}
