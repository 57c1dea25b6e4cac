import { resolve } from "node:path";
import { configured } from "../../targets/index.ts";
import { EXIT } from "../command.ts";
import type { ImagesBumpContext } from "../definitions/images.ts";
import { bumpJson, bumpText } from "../format/images.ts";
import { type Local, withLocal } from "../local.ts";
import { usage } from "../parse.ts";
import { planReads } from "../plan-reads.ts";
import { writeChanges } from "../write-changes.ts";
import { askedVersion, type KnownVersion, unaskedVersion } from "./facts.ts";
import { planBump } from "./plan-bump.ts";
import { type NamedImage, readNamedImage } from "./reference.ts";
import { withRegistry } from "./registry.ts";
import { scopesOf } from "./scope.ts";

/** Carries out `sluice images bump`. */
export function runImagesBump(context: ImagesBumpContext): Promise<number> {
  const [text] = context.positionals;
  if (text === undefined) {
    throw usage("sluice images bump needs an image", "Name it with its tag: ghcr.io/acme/webapp:1.5.0.");
  }
  const named = readNamedImage(text);
  return withLocal(context, resolve(context.cwd, context.args.repo), (local) => run(context, local, named));
}

async function run(context: ImagesBumpContext, local: Local, named: NamedImage): Promise<number> {
  const { args, signal } = context;
  const { repository } = local;
  const base = await repository.resolve(args.ref);
  const { config, plan } = await configured(
    { tree: await repository.tree(base), objects: repository.objects },
    await planReads(local, signal, args.ref),
  );
  const narrowing = { environments: args.environment, apps: args.app };
  const scopes = scopesOf(named, narrowing, { config, plan });
  const bump = async (known: KnownVersion) => {
    const { renderer } = local;
    const { offline, force } = args;
    const request = {
      named,
      known,
      scopes,
      repository,
      renderer,
      base,
      allTargets: plan.targets,
      offline,
      force,
      all: config.images,
    };
    return { known, planned: await planBump({ ...request, clock: Date.now(), signal }) };
  };
  const { known, planned } = args.offline
    ? await bump(unaskedVersion(named))
    : await withRegistry(context, async (registry) => bump(await askedVersion(named, registry, signal)));
  const { targets, changes } = planned;
  const written = args.write ? await writeChanges({ ...local, base, changes }) : undefined;
  const outcome = { image: named.image, tag: named.tag, digest: known.facts.digest, commit: base, targets };
  context.stdout.write(
    args.format === "json"
      ? `${JSON.stringify(bumpJson(outcome), null, 2)}\n`
      : bumpText(outcome, { colours: context.colours, written }),
  );
  return targets.some(({ outcome }) => outcome === "refused") ? EXIT.refused : EXIT.ok;
}
