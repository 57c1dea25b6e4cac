import { checkName, type Place, placeOf } from "../../../change/command-arguments.ts";
import { historyOf, type RepositoryContext } from "../../../change/repository-context.ts";
import { byAllow } from "../../../change/rights.ts";
import { settingsFor } from "../../../config/index.ts";
import { code, inert } from "../../../diff/index.ts";
import { type Arguments, type Command, type CommandCall, clip } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import type { Hold } from "../../../model/gates.ts";
import { automaticMove } from "../automatic.ts";
import type { PromotionPorts } from "../ports.ts";
import { common, happened, lookAgain, nameOf, placed } from "./held-place.ts";

/** `/release`. */
export const releaseCommand: Command<PromotionPorts> = {
  name: "release",
  usage: "<env>[/<app>]",
  words: [1, 2],
  flags: [],
  summary: "Ends a hold",
  details:
    "Ends a hold that `/hold`, `/rollback` or a reverted promotion put there, and lets what waited go on. A hold on a whole environment can only be released for the whole environment.",
  examples: [
    { line: "/release prod/webapp", does: "lets `webapp` in `prod` go on" },
    { line: "/release prod", does: "ends the hold on the whole environment" },
  ],
  onIssues: true,
  ...byAllow,
  run: (given, call, ports) => release(ports, call, releaseRequest(given)),
};

/** What the words ask for. */
export function releaseRequest({ words: [first = "", app] }: Arguments): Place {
  const place = placeOf(first);
  if (app === undefined) return place;
  if (place.app !== undefined) throw new UserError("usage", `\`${clip(app)}\` is one word too many`);
  return { ...place, app: checkName(app, "app") };
}

/** Ends the hold, and has everything that it stopped evaluated again. */
async function release(ports: PromotionPorts, call: CommandCall, asked: Place): Promise<string> {
  const { context, place } = await placed(ports, call, asked, undefined);
  const name = inert(nameOf(place));
  const released = `✅ **${name} is released**`;
  if (await isReleasedBy(context, call, place)) {
    await announceEnd(ports, context, call, place, undefined);
    return `${released}.`;
  }
  const holds = await context.state.holds(place.environment, place.app, ports.clock());
  const held = holds.find(({ environmentWide }) => environmentWide === (place.app === undefined)) ?? holds[0];
  // What a person set in the target holds automation without anybody's word.
  if (held === undefined && !(await isChanged(ports, context, place)))
    return `**Nothing to do:** ${name} is not on hold.`;
  if (place.app !== undefined && held?.environmentWide === true) throw environmentHeld(place.environment, place.app);
  await ports.state.record(context.where, { ...common(context, call, place), kind: "released" }, call.signal);
  await announceEnd(ports, context, call, place, held);
  const was =
    held === undefined
      ? ""
      : `; it was on hold by ${code(held.by)}${held.reason === "" ? "" : `: "${inert(held.reason)}"`}`;
  const wide = place.app !== undefined && holds.some(({ environmentWide }) => environmentWide);
  const still = wide
    ? ` The whole environment is still on hold: ${code(`/release ${place.environment}`)} ends that.`
    : "";
  return `${released}${was}.${still}${await nextMove(ports, context, place)}`;
}

async function isChanged(ports: PromotionPorts, context: RepositoryContext, place: Place): Promise<boolean> {
  if (place.app === undefined) return false;
  return (await automaticMove(ports, context, place.app, place.environment))?.change !== undefined;
}

/** What automation makes of the release, where nothing comes of it. */
async function nextMove(
  ports: PromotionPorts,
  context: RepositoryContext,
  { app, environment }: Place,
): Promise<string> {
  if (app === undefined) return "";
  const now = { ...context, state: await ports.state.read(context.where, context.signal) };
  const move = await automaticMove(ports, now, app, environment);
  const { from = "" } = settingsFor(context.config, app, environment);
  return move === undefined || move.ok ? "" : ` ${inert(from)} has nothing newer to bring.`;
}

function environmentHeld(environment: string, app: string): UserError {
  const message = `the whole environment \`${environment}\` is on hold, not \`${app}\` alone`;
  return new UserError("refused", message, { fix: `\`/release ${environment}\` ends it` });
}

/** Whether an earlier run of this command ended the hold, and may have died before it announced the end. */
async function isReleasedBy({ state }: RepositoryContext, { id }: CommandCall, { environment, app = "" }: Place) {
  return (await historyOf({ state }, environment, app)).some((entry) => entry.kind === "released" && entry.id === id);
}

async function announceEnd(
  ports: PromotionPorts,
  context: RepositoryContext,
  call: CommandCall,
  place: Place,
  hold: Hold | undefined,
): Promise<void> {
  await lookAgain(ports, context, place);
  const held = hold && { held: { by: hold.by, reason: hold.reason, cause: hold.cause } };
  const about = { ...happened(ports, context, call, place, "hold.ended"), kind: "hold.ended" } as const;
  await ports.events.dispatch({ ...about, ...held }, call.signal);
}
