import type { Actor, ChangedTarget, EventOf, SluiceEvent } from "../model/events.ts";

const maxText = 300;
const maxNamed = 5;

/** What happened, as one sentence for the log: one line, bounded, without a full stop. */
export function eventWords(event: SluiceEvent): string {
  return oneLine(sentence(event));
}

/** Texts of people may hold line ends and control characters. */
function oneLine(text: string): string {
  const flat = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return flat.length <= 2 * maxText ? flat : `${flat.slice(0, 2 * maxText).toWellFormed()}…`;
}

function sentence(event: SluiceEvent): string {
  switch (event.kind) {
    case "preview.posted":
      return posted(event);
    case "preview.refused":
      return `Preview refused on ${pull(event)}: ${clipped(event.reason)}`;
    case "preview.failed":
      return `Preview failed on ${pull(event)}: Sluice failed, see incident ${event.incident}`;
    case "preview.superseded":
      return `Preview of ${pull(event)} at ${short(event.head)} superseded: ${newer(event)}`;
    case "promotion.opened":
    case "rollback.opened":
      return `${purpose(event)} opened as ${pull(event)} by ${actorText(event.actor)}: ${targets(event.targets)}`;
    case "promotion.advanced":
    case "rollback.advanced":
      return `${purpose(event)} ${pull(event)} brought up to date: ${targets(event.targets)}`;
    case "promotion.superseded":
    case "rollback.superseded":
      return `${purpose(event)} ${pull(event)} now promotes ${targets(event.targets)} in place of ${targets(event.replaced)}`;
    case "promotion.merged":
    case "rollback.merged":
      return `${purpose(event)} ${pull(event)} merged: ${targets(event.targets)}`;
    case "promotion.closed":
    case "rollback.closed":
      return `${purpose(event)} ${pull(event)} closed without a merge by ${event.by === "sluice" ? "Sluice" : "a person"}: ${clipped(event.reason)}`;
    case "promotion.requested":
      return requested(event);
    case "promotion.reverted":
      return `Promotion reverted in ${repository(event)} by ${actorText(event.actor)}, automation is on hold there: ${targets(event.targets)}`;
    case "gates.changed":
      return gatesChanged(event);
    case "gate.overridden":
      return `Gate ${event.gate} of ${pull(event)} overridden by ${actorText(event.actor)}: ${clipped(event.reason)}`;
    case "finding.acknowledged":
      return `Finding ${clipped(event.finding)} of ${pull(event)} acknowledged by ${actorText(event.actor)}${event.reason === undefined ? "" : `: ${clipped(event.reason)}`}`;
    case "image.opened":
      return `Image pull request ${pull(event)} opened: ${images(event)}`;
    case "image.advanced":
      return `Image pull request ${pull(event)} brought up to date: ${images(event)}`;
    case "image.merged":
      return `Image pull request ${pull(event)} merged: ${images(event)}`;
    case "image.declined":
      return `Image pull request ${pull(event)} declined by a person: ${images(event)}`;
    case "image.closed":
      return `Image pull request ${pull(event)} closed by Sluice: ${clipped(event.reason)}`;
    case "deploy.started":
      return `Deploy of ${deployed(event)} started`;
    case "deploy.live":
      return `Deploy of ${deployed(event)} went well`;
    case "deploy.failed":
      return `Deploy of ${deployed(event)} failed: ${clipped(event.reason)}`;
    case "drift.found":
      return `Drift of ${event.environment} in ${repository(event)} found: ${counted(event.resources, "resource")}, see issue #${event.issue}`;
    case "drift.healed":
      return `Drift of ${event.environment} in ${repository(event)} undone: ${counted(event.resources, "resource")}, see issue #${event.issue}`;
    case "drift.closed":
      return `Drift of ${event.environment} in ${repository(event)} is gone: issue #${event.issue} closed`;
    case "hold.set":
      return holdSet(event);
    case "hold.ended":
      return `Hold on ${heldPlace(event)} in ${repository(event)} ended by ${actorText(event.actor)}`;
    case "registry.received":
      return received(event);
    case "command.done":
      return `Command /${clipped(event.text)} on ${pull(event)} carried out for ${actorText(event.actor)}`;
    case "command.refused":
      return `Command /${clipped(event.text)} on ${pull(event)} refused for ${actorText(event.actor)}: ${clipped(event.reason)}`;
    case "command.failed":
      return `Command /${clipped(event.text)} on ${pull(event)} failed for ${actorText(event.actor)}`;
    case "job.failed":
      return `Job ${event.key} failed for good after ${counted(event.attempts, "attempt")}: ${clipped(event.reason)}`;
    default:
      return event satisfies never;
  }
}

interface InRepository {
  readonly repository: { readonly owner: string; readonly name: string };
}

function repository({ repository: { owner, name } }: InRepository): string {
  return `${owner}/${name}`;
}

function pull(event: InRepository & { readonly pullRequest: number }): string {
  return `${repository(event)}#${event.pullRequest}`;
}

function posted({ rendered, affected, findings, ...about }: EventOf<"preview.posted">): string {
  const found = findings.danger + findings.warning + findings.notice;
  const checked = affected === 0 ? "nothing to check" : `checked ${rendered} of ${affected}`;
  return `Preview posted on ${pull(about)}: ${checked}${found === 0 ? "" : `, ${counted(found, "finding")}`}`;
}

function newer({ head, newer: other }: EventOf<"preview.superseded">): string {
  return head === other ? "the base changed meanwhile" : `${short(other)} was pushed meanwhile`;
}

function purpose({ kind, environment }: { readonly kind: string; readonly environment: string }): string {
  return kind.startsWith("rollback") ? `Rollback in ${environment}` : `Promotion to ${environment}`;
}

function requested(event: EventOf<"promotion.requested">): string {
  const what = event.apps.length === 0 ? "what it touches" : listed(event.apps);
  const when = event.deferred ? ", after its merge" : "";
  return `Promotion of ${what} to ${event.environment} requested on ${pull(event)} by ${actorText(event.actor)}${when}`;
}

function gatesChanged({ changes, state, ...about }: EventOf<"gates.changed">): string {
  const each = changes.map(({ gate, now }) => `${gate} ${now}`);
  return `Gates of ${pull(about)} changed to ${state}${each.length === 0 ? "" : `: ${listed(each)}`}`;
}

function holdSet(event: EventOf<"hold.set">): string {
  const until = event.until === undefined ? "" : ` until ${new Date(event.until).toISOString()}`;
  const why = event.reason === "" ? "" : `: ${clipped(event.reason)}`;
  return `Hold on ${heldPlace(event)} in ${repository(event)} set by ${actorText(event.actor)}${until}${why}`;
}

function heldPlace({ environment, app }: { readonly environment: string; readonly app?: string }): string {
  return app === undefined ? environment : `${environment}/${app}`;
}

function deployed(event: EventOf<"deploy.started" | "deploy.live" | "deploy.failed">): string {
  const apps = event.apps.map(({ app, version }) => (version === "" ? app : `${app} ${version}`));
  return `${listed(apps)} to ${event.environment} in ${repository(event)} at ${short(event.head)}`;
}

function received({ hook, pushes, ignored }: EventOf<"registry.received">): string {
  const each = pushes.map(({ image, tag, digest }) => (tag === undefined ? `${image}@${digest}` : `${image}:${tag}`));
  if (each.length === 0)
    return `Registry event received at hook ${hook}, not needed: ${clipped(ignored ?? "no image")}`;
  return `Registry event received at hook ${hook}: ${listed(each)}`;
}

function actorText(actor: Actor): string {
  if (actor.kind === "author") return clipped(actor.name);
  return actor.kind === "automation" ? "Sluice" : actor.login;
}

function targets(list: readonly ChangedTarget[]): string {
  const each = list.map(({ app, environment, versions }) => {
    const moves = versions.map(({ from, to }) => `${from === "" ? "none" : from} → ${to === "" ? "none" : to}`);
    return `${app}/${environment}${moves.length === 0 ? "" : ` ${listed([...new Set(moves)])}`}`;
  });
  return each.length === 0 ? "no target" : listed(each);
}

function images({ images: list }: { readonly images: readonly { readonly image: string; readonly tag: string }[] }) {
  return list.length === 0 ? "no image" : listed(list.map(({ image, tag }) => `${image}:${tag}`));
}

function listed(list: readonly string[]): string {
  const more = list.length - maxNamed;
  return more > 0 ? `${list.slice(0, maxNamed).join(", ")} and ${more} more` : list.join(", ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function clipped(text: string): string {
  return text.length <= maxText ? text : `${text.slice(0, maxText).toWellFormed()}…`;
}

function short(sha: string): string {
  return sha.slice(0, 7);
}
