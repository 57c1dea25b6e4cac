import { openContext } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { PromotionCall, Promotions } from "../../model/promotion.ts";
import type { StateAddress } from "../../model/state.ts";
import { imageFormat, parseImageMetadata } from "../text/metadata.ts";
import { isImageBranch, unitsOf } from "../units.ts";
import type { ImagePorts } from "./ports.ts";

/** The commands, with what they mean for images: `/retry` on an image pull request, and a look at every image when a hold begins or ends. */
export function withImages(promotions: Promotions, ports: ImagePorts): Promotions {
  const thenLook = async (call: PromotionCall, said: string): Promise<string> => {
    const github = await ports.github(call.installationId, call.repository);
    const { defaultBranch } = await github.pullRequest(call.pullRequest);
    await lookAtAll(ports, call, defaultBranch, call.signal);
    return said;
  };
  return {
    ...promotions,
    hold: async (call, wish) => thenLook(call, await promotions.hold(call, wish)),
    release: async (call, wish) => thenLook(call, await promotions.release(call, wish)),
    retry: async (call) => (await retryImage(ports, call)) ?? promotions.retry(call),
  };
}

/** Looks at the image pull request again, or lets one that a person closed be opened anew; `undefined` for any other pull request. */
async function retryImage(ports: ImagePorts, call: PromotionCall): Promise<string | undefined> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  if (pull.fork || !isImageBranch(pull.head.ref)) return undefined;
  const where = { installationId: call.installationId, repository: call.repository };
  const unit = await unitOf(ports, where, pull, call.signal);
  if (pull.state === "closed" && !pull.merged)
    await github.updatePullRequest(pull.number, { body: imageFormat.discard(pull.body) });
  await ports.queue.add({ type: "image", ...where, defaultBranch: pull.defaultBranch, unit });
  if (pull.state === "open") {
    await ports.queue.add({ type: "preview", ...where, pullRequest: pull.number });
    await ports.queue.add({ type: "image-pull", ...where, pullRequest: pull.number });
  }
  return "asking the registry again; what comes of it stands in this pull request or in a new one";
}

/** The unit whose pull request it is, by the metadata or, where that is gone, by the branch. */
async function unitOf(ports: ImagePorts, where: StateAddress, pull: PullRequest, signal: AbortSignal): Promise<string> {
  const metadata = parseImageMetadata(pull.body, pull.head.ref, ports.signer);
  if (metadata !== undefined) return metadata.unit;
  const { config } = await openContext(ports, where, pull.defaultBranch, signal);
  const unit = unitsOf(config).find(({ branch }) => branch === pull.head.ref);
  if (unit !== undefined) return unit.name;
  throw new UserError("not-found", "the configuration no longer asks for what this pull request brings", {
    fix: "close it, or add the image to `images` again",
  });
}

/** Has every unit of a repository looked at. A repository without a usable configuration has none. */
async function lookAtAll(
  ports: ImagePorts,
  { installationId, repository }: StateAddress,
  defaultBranch: string,
  signal: AbortSignal,
): Promise<void> {
  const where = { installationId, repository };
  const context = await openContext(ports, where, defaultBranch, signal).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  for (const { name } of context === undefined ? [] : unitsOf(context.config))
    await ports.queue.add({ type: "image", ...where, defaultBranch, unit: name });
}
