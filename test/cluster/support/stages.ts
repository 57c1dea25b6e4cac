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

/**
 * The stages of kwok's module from a folder, and one for each way to fail: the tag of a Pod's image chooses it, so that
 * a new image in Git is what fails.
 */
export function readStages(folder: string): Stages {
  const files = readdirSync(folder).sort();
  const objects = files.map((file): unknown => parse(readFileSync(join(folder, file), "utf8")));
  const defaults = objects.flatMap((object) => stage.safeParse(object).data ?? []).map(exceptFailing);
  const [volumes] = objects.flatMap((object) => storageClass.safeParse(object).data ?? []);
  if (defaults.length === 0 || volumes === undefined) throw new Error(`${folder} has no stages of kwok`);
  return {
    config: [...defaults, ...failures.map(failing)].map((one) => stringify(one, { lineWidth: 0 })).join("---\n"),
    storageClass: volumes,
  };
}

/** Images with these tags are none for the stages that let a Pod run and end well. */
const runsWell = new Set(["pod-ready", "pod-complete"]);

function exceptFailing(one: Stage): Stage {
  if (!runsWell.has(one.metadata.name)) return one;
  const { matchExpressions } = one.spec.selector;
  const selector = { matchExpressions: [...matchExpressions, { key: imageWith(":fail-"), operator: "DoesNotExist" }] };
  return { ...one, spec: { ...one.spec, selector } };
}

/** One way to fail, as a Pod's status shows it. */
interface Failure {
  readonly tag: string;
  readonly phase: "Pending" | "Running" | "Failed";
  readonly restarts: number;
  /** Of each container; `$now` is the time. */
  readonly state: object;
  readonly lastState?: object;
}

const exited = { exitCode: 1, reason: "Error", startedAt: "$now", finishedAt: "$now" };
const failures: readonly Failure[] = [
  {
    tag: "fail-crash",
    phase: "Running",
    restarts: 5,
    state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 2m40s restarting failed container" } },
    lastState: { terminated: exited },
  },
  {
    tag: "fail-pull",
    phase: "Pending",
    restarts: 0,
    state: { waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } },
  },
  { tag: "fail-exit", phase: "Failed", restarts: 0, state: { terminated: exited } },
];

function failing(failure: Failure): object {
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name: `pod-${failure.tag}` },
    spec: {
      resourceRef: { apiGroup: "v1", kind: "Pod" },
      selector: {
        matchExpressions: [
          { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" },
          { key: ".status.containerStatuses", operator: "DoesNotExist" },
          { key: imageWith(`:${failure.tag}`), operator: "Exists" },
        ],
      },
      next: { statusTemplate: statusOf(failure) },
    },
  };
}

/** A query of jq. */
function imageWith(text: string): string {
  return `.spec.containers[].image | select(test("${text}"))`;
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
