import { type Acknowledgement, type Finding, type Preview, SEVERITIES, type Severity } from "../../model/preview.ts";
import { inTicks } from "../../model/text/markdown.ts";
import { type FilledWords, type FillOptions, fillWords } from "../finding-words.ts";
import { environmentOrder } from "./environments.ts";

/** Findings that say the same of several places and resources. */
export interface FindingGroup {
  readonly id: string;
  readonly severity: Severity;
  /** Production first; never empty. */
  readonly places: readonly Finding[];
  /** Who confirmed that all places are meant. */
  readonly acknowledged: Acknowledgement | undefined;
  /** The phrases for all places together. `ack` is the command that confirms a finding, before its name. */
  filled(options?: FillOptions): FilledWords;
}

/** The groups of one preview are asked for by its title, its text and its check. */
const known = new WeakMap<Preview, readonly FindingGroup[]>();

/**
 * Each finding once, however many places it has: the gravest first, then what nobody confirmed, then production first,
 * then most places.
 */
export function groupFindings(preview: Preview): readonly FindingGroup[] {
  const groups = known.get(preview) ?? compute(preview);
  known.set(preview, groups);
  return groups;
}

function compute(preview: Preview): readonly FindingGroup[] {
  const order = environmentOrder(preview);
  const byText = Map.groupBy(preview.findings, ({ id, severity, words, message, fix, acknowledged }) =>
    JSON.stringify([id, severity, words?.message ?? message, words?.fix ?? fix, acknowledged]),
  );
  const groups = [...byText.values()].flatMap((findings) => {
    const places = findings.toSorted((a, b) => order(a.environment, b.environment));
    const [first] = places;
    return first === undefined ? [] : [toGroup(first, places)];
  });
  return groups.sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      Number(a.acknowledged !== undefined) - Number(b.acknowledged !== undefined) ||
      order(a.places[0]?.environment ?? "", b.places[0]?.environment ?? "") ||
      b.places.length - a.places.length,
  );
}

function toGroup(first: Finding, places: readonly Finding[]): FindingGroup {
  const { id, severity, words, acknowledged } = first;
  const about = places.map(({ app, environment, words: own }) => ({ app, environment, name: own?.name }));
  const canConfirm = severity === "danger" && !neverMeant.has(id);
  return {
    id,
    severity,
    places,
    acknowledged,
    filled: ({ ack, ...options } = {}) => {
      const command = ack === undefined || !canConfirm ? undefined : `${ack} ${id}`;
      const filled = words === undefined ? ownWords(first) : fillWords(words, about, { ...options, ack: command });
      return command === undefined || words?.fix?.includes("{ack}") ? filled : withConfirmation(filled, command);
    },
  };
}

/** What was not compared cannot be known to be meant. */
const neverMeant: ReadonlySet<string> = new Set(["render-failed", "broken-configuration"]);

function ownWords({ id, message, fix }: Finding): FilledWords {
  const name = id.replaceAll("-", " ");
  return { short: name, message: message.trim() || name, fix };
}

/** A fix that leaves no place for the command gets it as a sentence of its own. */
function withConfirmation({ fix, ...words }: FilledWords, command: string): FilledWords {
  const confirm = `If it is meant, comment ${inTicks(command)}`;
  return { ...words, fix: fix === undefined ? confirm : `${fix}. ${confirm}` };
}
