import { resolve } from "node:path";
import { Fault } from "../../model/errors.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { Registry } from "../../model/registry.ts";
import { configured } from "../../targets/index.ts";
import { type CommandContext, defineCommand, EXIT } from "../command.ts";
import { checkJson, checkText } from "../format/images-check.ts";
import { type Local, withLocal } from "../local.ts";
import { type CheckedEntry, checkEntry } from "./check-entry.ts";
import { entriesAmong } from "./entries.ts";
import { REGISTRY_FLAGS, withRegistry } from "./registry.ts";

const FLAGS = {
  repo: { type: "string", value: "DIR", default: ".", description: "a folder in the git repository" },
  base: {
    type: "string",
    value: "REF",
    default: "HEAD",
    description: "the commit with the configuration and the files",
  },
  "exit-code": { type: "boolean", description: "exit with 3 when there is something to bump, or a target is refused" },
  verbose: { type: "boolean", description: "say of up to 60 tags of each image why they were or were not chosen" },
  format: { type: "string", choices: ["text", "json"], default: "text", description: "how to say it" },
  ...REGISTRY_FLAGS,
} as const;

/** `sluice images check`. */
export const imagesCheckCommand = defineCommand({
  name: "images check",
  summary: "show which images would be bumped, and why",
  description: [
    "Asks the registries about each entry of images in .sluice.yaml and says what its policy chooses, what the targets have, and what would be edited; why not, where nothing would be. Nothing is written.",
    "What only the server knows is left out: holds, versions that were taken back, pull requests that were closed.",
    "Credentials are those of docker login ($DOCKER_CONFIG, else ~/.docker) and of a server's file that is named; one that merely lies in the working directory is not read. An entry that fails leaves the others alone and makes the exit code 1 or 2.",
  ],
  positionals: [{ name: "IMAGE", description: "the images to check, without tags (default: all)", many: true }],
  flags: FLAGS,
  examples: [
    ["images check", "every image of the configuration"],
    ["images check ghcr.io/acme/webapp --verbose", "one image, with a reason for each tag"],
    ["images check --exit-code --format json", "for a program"],
  ],
  run: (context) =>
    withLocal(context, resolve(context.cwd, context.args.repo), (local) =>
      withRegistry(context, (registry) => run(context, local, registry)),
    ),
});

const entriesAtOnce = 4;

async function run(context: CommandContext<typeof FLAGS>, local: Local, registry: Registry): Promise<number> {
  const { args, signal } = context;
  const { repository } = local;
  const base = await repository.resolve(args.base);
  const { config, plan } = await configured(await repository.tree(base));
  const entries = entriesAmong(context.positionals, config.images);
  let done = 0;
  const checked = await mapLimit(entries, entriesAtOnce, async (entry) => {
    const { renderer } = local;
    const clock = Date.now();
    const one = await checkEntry(entry, {
      repository,
      renderer,
      registry,
      base,
      targets: plan.targets,
      clock,
      signal,
    });
    done += 1;
    context.progress.update("Asking registries", done, entries.length);
    return one;
  });
  context.progress.clear();
  context.stdout.write(
    args.format === "json"
      ? `${JSON.stringify(checkJson(base, checked), null, 2)}\n`
      : checkText(base, checked, { colours: context.colours, verbose: args.verbose }),
  );
  return exitCode(checked, args["exit-code"]);
}

function exitCode(checked: readonly CheckedEntry[], tells: boolean): number {
  const failures = checked.flatMap((one) => ("failure" in one ? [one.failure] : []));
  if (failures.some((failure) => failure instanceof Fault)) return EXIT.ours;
  if (failures.length > 0) return EXIT.usage;
  const found = checked.some(
    (one) =>
      "decided" in one && (one.decided.left.length > 0 || one.bumps.some(({ outcome }) => outcome !== "already")),
  );
  return tells && found ? EXIT.found : EXIT.fine;
}
