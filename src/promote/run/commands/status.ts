import { baseOf, openContext } from "../../../change/repository-context.ts";
import { code, inert } from "../../../diff/index.ts";
import type { Command, CommandCall } from "../../../model/command.ts";
import { evaluateGates } from "../../../policy/gates/index.ts";
import { gateTree } from "../../text/gates.ts";
import { promotionOf } from "../../text/metadata.ts";
import { statusReply } from "../../text/status-comment.ts";
import { verdictTitle } from "../../text/verdict.ts";
import { brokenTarget } from "../broken-target.ts";
import { atHead, factsOf } from "../facts.ts";
import { observe } from "../health.ts";
import { mergeStops } from "../merge-stops.ts";
import type { PromotionPorts } from "../ports.ts";
import { statusSteps } from "../status-steps.ts";
import { wantsOf } from "../touched.ts";

/** `/status`. */
export const statusCommand: Command<PromotionPorts> = {
  name: "status",
  usage: "",
  words: [0, 0],
  flags: [],
  summary: "Shows where this change is",
  details:
    "Shows which version each environment has, how this pull request's change came there, what it waits for and who can act. On a promotion: its gates.",
  examples: [{ line: "/status", does: "replies with the state in every environment" }],
  needs: "read",
  why: "it only shows what the repository and its deployments say",
  run: (_given, call, ports) => status(ports, call),
};

/** On a promotion its gates, on any other pull request where its change is. */
async function status(ports: PromotionPorts, call: CommandCall): Promise<string> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const where = { installationId: call.installationId, repository: call.repository };
  const metadata = promotionOf(pull, ports.signer);
  const want = [...wantsOf(pull), ...(metadata === undefined ? [] : [metadata.commit])];
  const context = await openContext(ports, where, baseOf(pull), call.signal, want);
  const now = ports.clock();
  if (metadata !== undefined && pull.state === "open") {
    const promotion = await atHead(ports, context, pull, metadata);
    const verdict = evaluateGates(await factsOf(ports, context, observe(context), promotion), now);
    const broken = promotion.ours ? await brokenTarget(context, pull, metadata, promotion.changes) : undefined;
    const stops = await mergeStops(ports, context, pull, metadata, verdict);
    const head = `[${code(pull.head.sha.slice(0, 7))}](${context.url}/commit/${pull.head.sha})`;
    return `**${inert(verdictTitle({ verdict, stops, metadata, broken }))}**\n\n${gateTree(verdict, head)}`;
  }
  if (metadata !== undefined)
    return pull.merged
      ? `**This promotion to ${inert(metadata.environment)} is merged.**`
      : "**This promotion was closed.**";
  const steps = await statusSteps(ports, context, pull);
  if (!pull.merged && pull.state === "closed") return "**Closed without being merged**, so it is nowhere.";
  return statusReply(steps, now);
}
