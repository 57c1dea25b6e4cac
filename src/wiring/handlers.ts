import type { Probot } from "probot";
import {
  evaluateAfterHold,
  type ImagePorts,
  runImage,
  runImagePull,
  runRegistry,
  runWatch,
} from "../images/run/index.ts";
import { Fault } from "../model/errors.ts";
import type { EventHub } from "../model/events.ts";
import { isSchedulable, type ScheduledJob } from "../model/job-kinds.ts";
import type { Handlers, Queue } from "../model/queue.ts";
import { type PreviewPorts, type PreviewSettings, runPreview } from "../preview/run.ts";
import { type PromotionPorts, runGates, runPromotions, runRollback, runStatusComment } from "../promote/run/index.ts";
import { type ReconcilePorts, reconcileAfterHold, runDrift, runReconcile } from "../reconcile/run/index.ts";
import { runCommands } from "../webhooks/commands/run.ts";
import { TABLE } from "../webhooks/commands/table.ts";
import { receiveDelivery } from "../webhooks/receive.ts";
import { followingRenames, type RenameParts } from "./renames.ts";

/** What the handlers act through, room by room. */
export interface Rooms {
  readonly probot: Probot;
  readonly preview: PreviewPorts & { readonly settings: PreviewSettings };
  readonly promotion: PromotionPorts;
  readonly images: ImagePorts;
  readonly reconcile: ReconcilePorts;
  readonly queue: Pick<Queue, "add">;
  readonly currentName: RenameParts["currentName"];
}

/** A handler for every kind of job. */
export function handlersOf({ probot, preview, promotion, images, reconcile, queue, currentName }: Rooms): Handlers {
  const ports = { ...promotion, ...images, ...reconcile, previewForks: preview.settings.forks };
  const { github, events, log } = ports;
  const commands = { github, events, log, table: TABLE, ports };
  const follow = followingRenames({ currentName, queue, log });
  return {
    delivery: (job, context) => receiveDelivery(probot, job, context.signal),
    preview: follow((job, context) => runPreview(job, preview, preview.settings, context)),
    command: follow((job, context) => runCommands(job, commands, context)),
    promotions: follow((job, context) => runPromotions(job, promotion, context)),
    gates: follow((job, context) => runGates(job, promotion, context)),
    rollback: follow((job, context) => runRollback(job, promotion, context)),
    "status-comment": follow((job, context) => runStatusComment(job, promotion, context)),
    registry: (job, context) => runRegistry(job, images, context),
    watch: (job, context) => runWatch(job, images, context),
    image: follow((job, context) => runImage(job, images, context)),
    "image-pull": follow((job, context) => runImagePull(job, images, context)),
    reconcile: follow((job, context) => runReconcile(job, reconcile, context)),
    drift: follow((job, context) => runDrift(job, reconcile, context)),
    scheduled: (job) => runScheduled(job, queue),
  };
}

/** Registers what rooms do when something happened in another one. */
export function listenToEvents(events: EventHub, { images, reconcile }: Rooms): void {
  events.on("hold.set", (event, signal) => evaluateAfterHold(event, images, signal));
  events.on("hold.ended", (event, signal) => evaluateAfterHold(event, images, signal));
  events.on("hold.set", (event) => reconcileAfterHold(event, reconcile));
  events.on("hold.ended", (event) => reconcileAfterHold(event, reconcile));
}

/** Its moment has come: the job that was scheduled waits for a worker now. What is stored is not trusted. */
export async function runScheduled({ job }: ScheduledJob, queue: Pick<Queue, "add">): Promise<void> {
  if (!isSchedulable(job?.type)) throw new Fault("bug", `${String(job?.type)} is no job that may be scheduled`);
  await queue.add(job);
}
