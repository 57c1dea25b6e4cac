import { resolve } from "node:path";
import { computePromotion, type PromotionInput } from "../promote/compute.ts";
import { resolvePromotion } from "../promote/resolve.ts";
import { type CommandContext, defineCommand, EXIT } from "./command.ts";
import { promotionJson, promotionText } from "./format/promote.ts";
import { type Local, withLocal } from "./local.ts";
import { usage } from "./parse.ts";
import { writeChanges } from "./write-changes.ts";

const FLAGS = {
  to: { type: "string", value: "ENV", description: "the environment that the versions go to" },
  repo: { type: "string", value: "DIR", default: ".", description: "a folder in the git repository" },
  base: {
    type: "string",
    value: "REF",
    default: "HEAD",
    description: "the commit with the configuration and the files that are edited",
  },
  "from-commit": { type: "string", value: "REF", description: "where the versions are read (default: the base)" },
  "dry-run": { type: "boolean", description: "only say what would be edited; what happens without --write too" },
  write: { type: "boolean", description: "write the edited files into the work tree; nothing is committed" },
  format: { type: "string", choices: ["text", "json"], default: "text", description: "how to say it" },
} as const;

/** `sluice promote`. */
export const promoteCommand = defineCommand({
  name: "promote",
  summary: "carry versions from one environment to the next",
  description: [
    "Plans what /promote does on GitHub, from a local checkout: reads which versions the source environment has, finds what sets them in the target's own files, edits that and nothing else, and proves by rendering that only the versions change.",
    "A target is planned, already there, or refused with the reason; one that is refused leaves the others alone and makes the exit code 3. Work that is not committed is not seen.",
    "--write refuses to touch files with changes that are not committed.",
  ],
  positionals: [
    {
      name: "APP",
      description: "the apps to promote (default: every app that is in both environments)",
      many: true,
    },
  ],
  flags: FLAGS,
  examples: [
    ["promote --to prod", "what promoting everything to prod would edit"],
    ["promote --to prod webapp orders --write", "edit the files of two apps"],
    ["promote --to prod webapp --from-commit v1.4.0 --format json", "the versions of a tag, for a program"],
  ],
  run: (context) => {
    if (context.args.write && context.args["dry-run"]) {
      throw usage("--write and --dry-run exclude each other", "Leave one of them out.");
    }
    if (context.args.to === undefined) {
      throw usage("sluice promote needs to know where to", "Name the environment: --to ENV.");
    }
    const { to } = context.args;
    return withLocal(context, resolve(context.cwd, context.args.repo), (local) => run(context, local, to));
  },
});

type Context = CommandContext<typeof FLAGS>;

async function run(context: Context, local: Local, to: string): Promise<number> {
  const input = await inputOf(context, local, to);
  const computed = await computePromotion(input);
  context.progress.clear();
  const { plan, changes } = computed;
  const { repository, base, signal } = input;
  const request = { place: local.place, repository, base, changes, signal };
  const written = context.args.write ? await writeChanges(request) : undefined;
  context.stdout.write(
    context.args.format === "json"
      ? `${JSON.stringify(promotionJson(plan), null, 2)}\n`
      : promotionText(computed, { colours: context.colours, written }),
  );
  return plan.targets.some(({ outcome }) => outcome === "refused") ? EXIT.refused : EXIT.fine;
}

async function inputOf(context: Context, { repository, renderer }: Local, to: string): Promise<PromotionInput> {
  const base = await repository.resolve(context.args.base);
  const sourceCommit = await repository.resolve(context.args["from-commit"] ?? base);
  const { from, plan, pairs } = await resolvePromotion({ repository, base, to, apps: context.positionals });
  return {
    repository,
    base,
    sourceCommit,
    pairs,
    from,
    to,
    allTargets: plan.targets,
    renderer,
    signal: context.signal,
    onProgress: ({ phase, done, total }) => context.progress.update(PHASES[phase], done, total),
  };
}

const PHASES = { plan: "Planning", dependents: "Looking who reads what" } as const;
