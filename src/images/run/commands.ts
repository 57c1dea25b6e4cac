import { openContext } from "../../change/repository-context.ts";
import type { CommandCall, CommandCase } from "../../model/command.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { StateAddress } from "../../model/state.ts";
import { imageFormat, imageMetadataOf } from "../text/metadata.ts";
import { isImageBranch, unitsOf } from "../units.ts";
import type { ImagePorts } from "./ports.ts";

/** What commands mean on an image pull request: `/retry` evaluates it again. */
export const IMAGE_COMMAND_CASES: readonly CommandCase<ImagePorts>[] = [
  { command: "retry", run: (_given, call, ports) => retryImage(ports, call) },
];

/**
 * Evaluates the image again, and lets a pull request that a person closed be opened again; `undefined` for any other
 * pull request.
 */
async function retryImage(ports: ImagePorts, call: CommandCall): Promise<string | undefined> {
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
  return "asking the registry again; the result will be in this pull request or in a new one";
}

/** The unit whose pull request it is, by the metadata or, where that is gone, by the branch. */
async function unitOf(ports: ImagePorts, where: StateAddress, pull: PullRequest, signal: AbortSignal): Promise<string> {
  const metadata = imageMetadataOf(pull, ports.signer);
  if (metadata !== undefined) return metadata.unit;
  const { config } = await openContext(ports, where, pull.defaultBranch, signal);
  const unit = unitsOf(config).find(({ branch }) => branch === pull.head.ref);
  if (unit !== undefined) return unit.name;
  throw new UserError("not-found", "the configuration no longer asks for what this pull request brings", {
    fix: "close it, or add the image to `images` again",
  });
}
