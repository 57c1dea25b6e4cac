import { baseOf, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import { code, inert } from "../../../diff/index.ts";
import { UserError } from "../../../model/errors.ts";
import { actorOf, type EventKind, eventId } from "../../../model/events.ts";
import { GATES } from "../../../model/gates.ts";
import type { PullRequest } from "../../../model/github.ts";
import type { PromotionCall } from "../../../model/promotion.ts";
import { nearestGate } from "../../text/gate-names.ts";
import { type PromotionMetadata, parsePromotion } from "../../text/metadata.ts";
import { factsOf } from "../facts.ts";
import { observe } from "../health.ts";
import type { PromotionPorts } from "../ports.ts";
import { assertAllowed, assertMayOverride } from "./rights.ts";

/** `/override`: passes one gate of this promotion's head. */
export async function override(
  ports: PromotionPorts,
  call: PromotionCall,
  wish: { readonly gate: string; readonly reason: string },
): Promise<string> {
  const { context, pull, metadata } = await promotionAt(ports, call, "/override");
  const gate = GATES.find((one) => one.toLowerCase() === wish.gate.toLowerCase());
  const apps = metadata.targets.map(({ app }) => app);
  await assertMayOverride(context, call, metadata.environment, apps);
  if (gate === undefined)
    throw new UserError("not-found", `there is no gate \`${wish.gate}\``, { fix: nearestGate(wish.gate) });
  const about = { ...decided(call, metadata), apps, reason: wish.reason };
  await ports.state.record(
    context.where,
    { ...about, kind: "overridden", pullRequest: pull.number, head: pull.head.sha, gate },
    call.signal,
  );
  ports.events.announce({
    kind: "gate.overridden",
    ...decidedEvent(ports, "gate.overridden", context, call, metadata),
    head: pull.head.sha,
    gate,
    reason: wish.reason,
  });
  await ports.queue.add({ type: "gates", ...context.where, pullRequest: pull.number });
  return `the gate ${code(gate)} is passed for ${code(pull.head.sha.slice(0, 7))} alone: ${inert(wish.reason)}`;
}

/** `/ack`: acknowledges findings of this promotion's head. */
export async function acknowledge(
  ports: PromotionPorts,
  call: PromotionCall,
  wish: { readonly finding: string },
): Promise<string> {
  const { context, pull, metadata } = await promotionAt(ports, call, "/ack");
  const apps = metadata.targets.map(({ app }) => app);
  await assertAllowed(context, call, metadata.environment, apps);
  const facts = await factsOf(ports, context, observe(context.github), pull, metadata);
  const keys = facts.targets.flatMap(({ findings }) => findings.map(({ key }) => key));
  const named = keys.filter((key) => key === wish.finding || key.startsWith(`${wish.finding}:`));
  if (named.length === 0) {
    const fix =
      keys.length === 0
        ? "there are none"
        : `the findings are ${keys
            .slice(0, 10)
            .map((key) => `\`${key}\``)
            .join(", ")}`;
    throw new UserError("not-found", `there is no finding \`${wish.finding}\` at this head`, { fix });
  }
  const about = { ...decided(call, metadata), apps };
  const finding = wish.finding;
  await ports.state.record(
    context.where,
    { ...about, kind: "acknowledged", pullRequest: pull.number, head: pull.head.sha, finding },
    call.signal,
  );
  ports.events.announce({
    kind: "finding.acknowledged",
    ...decidedEvent(ports, "finding.acknowledged", context, call, metadata),
    head: pull.head.sha,
    finding,
  });
  await ports.queue.add({ type: "gates", ...context.where, pullRequest: pull.number });
  return `acknowledged for ${code(pull.head.sha.slice(0, 7))} alone: ${named.map((key) => code(key)).join(", ")}`;
}

interface OpenPromotion {
  readonly context: RepositoryContext;
  readonly pull: PullRequest;
  readonly metadata: PromotionMetadata;
}

/** The open promotion that the comment stands on. */
async function promotionAt(ports: PromotionPorts, call: PromotionCall, command: string): Promise<OpenPromotion> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const metadata = parsePromotion(pull.body, pull.head.ref, ports.signer);
  if (metadata === undefined || pull.state !== "open" || pull.fork) {
    throw new UserError("refused", `\`${command}\` is for an open promotion pull request, and this is none`, {
      fix: "comment on the promotion itself; where its description was edited, `/retry` there first",
    });
  }
  const where = { installationId: call.installationId, repository: call.repository };
  const want = [`refs/pull/${pull.number}/head`, pull.head.sha, metadata.commit];
  return { context: await openContext(ports, where, baseOf(pull), call.signal, want), pull, metadata };
}

function decided(call: PromotionCall, metadata: PromotionMetadata) {
  return { id: call.id, at: new Date(call.at).toISOString(), by: call.actor, environment: metadata.environment };
}

/** What both events say. */
function decidedEvent(
  { clock }: PromotionPorts,
  kind: EventKind,
  { where }: RepositoryContext,
  call: PromotionCall,
  { environment, targets }: PromotionMetadata,
) {
  return {
    id: eventId(kind, where.repository, call.id),
    at: clock(),
    ...where,
    pullRequest: call.pullRequest,
    environment,
    apps: targets.map(({ app }) => app),
    actor: actorOf(call.actor),
  };
}
