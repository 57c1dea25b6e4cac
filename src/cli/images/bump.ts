import { resolve } from "node:path";
import { configured } from "../../targets/index.ts";
import { type CommandContext, defineCommand, EXIT } from "../command.ts";
import { bumpJson, bumpText } from "../format/images.ts";
import { type Local, withLocal } from "../local.ts";
import { usage } from "../parse.ts";
import { writeChanges } from "../write-changes.ts";
import { askedVersion, type KnownVersion, unaskedVersion } from "./facts.ts";
import { planBump } from "./plan-bump.ts";
import { type NamedImage, readNamedImage } from "./reference.ts";
import { REGISTRY_FLAGS, withRegistry } from "./registry.ts";
import { scopesOf } from "./scope.ts";

const FLAGS = {
  environment: {
    type: "list",
    value: "ENV",
    description: "the environments that get it (default: those of the image's entries)",
  },
  app: { type: "list", value: "APP", description: "the apps that get it (default: every app that has the image)" },
  repo: { type: "string", value: "DIR", default: ".", description: "a folder in the git repository" },
  base: {
    type: "string",
    value: "REF",
    default: "HEAD",
    description: "the commit with the configuration and the files that are edited",
  },
  write: { type: "boolean", description: "write the edited files into the work tree; nothing is committed" },
  force: { type: "boolean", description: "take the tag even where the policy says no, or says that it is older" },
  offline: { type: "boolean", description: "ask no registry: what is not named is not known" },
  format: { type: "string", choices: ["text", "json"], default: "text", description: "how to say it" },
  ...REGISTRY_FLAGS,
} as const;

/** `sluice images bump`. */
export const imagesBumpCommand = defineCommand({
  name: "images bump",
  summary: "set an image's tag where it is deployed, for pipelines in place of sed",
  description: [
    "Finds what sets the image's version in the files of the targets, edits that and nothing else, and proves by rendering that only the image changes. The targets are those of the image's entries in images of .sluice.yaml; for an image without an entry name the environments.",
    "What is written is what pin of the entry says; without an entry the tag, with the digest where one is given. A digest that stands beside a tag is never left behind. The registry is asked for the digest, and whether it has the tag at all, unless --offline is given.",
    "A target is planned, already there, or refused with the reason: the policy does not take the tag, it is older than what is there, or the edit cannot be proven. One that is refused leaves the others alone and makes the exit code 3. Work that is not committed is not seen, and --write refuses to touch such files.",
    "Flags with several values take them with commas between them, and may be repeated.",
  ],
  positionals: [
    {
      name: "IMAGE:TAG[@DIGEST]",
      description: "the image with its new tag, and the digest where it is known",
      required: true,
    },
  ],
  flags: FLAGS,
  examples: [
    ["images bump ghcr.io/acme/webapp:1.5.0", "what that would edit"],
    ["images bump ghcr.io/acme/webapp:1.5.0@sha256:… --write", "edit the files, with the digest of the build"],
    ["images bump ghcr.io/acme/webapp:main-42 --environment dev --offline --write", "without an entry or a registry"],
  ],
  run: (context) => {
    const [text] = context.positionals;
    if (text === undefined) {
      throw usage("sluice images bump needs an image", "Name it with its tag: ghcr.io/acme/webapp:1.5.0.");
    }
    const named = readNamedImage(text);
    return withLocal(context, resolve(context.cwd, context.args.repo), (local) => run(context, local, named));
  },
});

type Context = CommandContext<typeof FLAGS>;

async function run(context: Context, local: Local, named: NamedImage): Promise<number> {
  const { args, signal } = context;
  const { repository, place } = local;
  const base = await repository.resolve(args.base);
  const { config, plan } = await configured(await repository.tree(base));
  const narrowing = { environments: args.environment, apps: args.app };
  const scopes = scopesOf(named, narrowing, { config, plan });
  const bump = async (known: KnownVersion) => {
    const { renderer } = local;
    const { offline, force } = args;
    const request = { named, known, scopes, repository, renderer, base, allTargets: plan.targets, offline, force };
    return { known, planned: await planBump({ ...request, clock: Date.now(), signal }) };
  };
  const { known, planned } = args.offline
    ? await bump(unaskedVersion(named))
    : await withRegistry(context, async (registry) => bump(await askedVersion(named, registry, signal)));
  const { targets, changes } = planned;
  const written = args.write ? await writeChanges({ place, repository, base, changes, signal }) : undefined;
  const told = { image: named.image, tag: named.tag, digest: known.facts.digest, commit: base, targets };
  context.stdout.write(
    args.format === "json"
      ? `${JSON.stringify(bumpJson(told), null, 2)}\n`
      : bumpText(told, { colours: context.colours, written }),
  );
  return targets.some(({ outcome }) => outcome === "refused") ? EXIT.refused : EXIT.fine;
}
