import { resolve } from "node:path";
import { Fault } from "../../model/errors.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { Registry } from "../../model/registry.ts";
import { configured } from "../../targets/index.ts";
import { EXIT } from "../command.ts";
import type { ImagesCheckContext } from "../definitions/images.ts";
import { checkJson, checkText } from "../format/images-check.ts";
import { type Local, withLocal } from "../local.ts";
import { planReads } from "../plan-reads.ts";
import { type CheckedEntry, checkEntry } from "./check-entry.ts";
import { entriesAmong } from "./entries.ts";
import { withRegistry } from "./registry.ts";

/** Carries out `sluice images check`. */
export function runImagesCheck(context: ImagesCheckContext): Promise<number> {
  return withLocal(context, resolve(context.cwd, context.args.repo), (local) =>
    withRegistry(context, (registry) => run(context, local, registry)),
  );
}

const entriesAtOnce = 4;

async function run(context: ImagesCheckContext, local: Local, registry: Registry): Promise<number> {
  const { args, signal } = context;
  const { repository } = local;
  const base = await repository.resolve(args.ref);
  const { config, plan } = await configured(
    { tree: await repository.tree(base), objects: repository.objects },
    await planReads(local, signal, args.ref),
  );
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
      all: config.images,
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

function exitCode(checked: readonly CheckedEntry[], reportsFound: boolean): number {
  const failures = checked.flatMap((one) => ("failure" in one ? [one.failure] : []));
  if (failures.some((failure) => failure instanceof Fault)) return EXIT.failed;
  if (failures.length > 0) return EXIT.usage;
  const found = checked.some(
    (one) =>
      "decided" in one && (one.decided.left.length > 0 || one.bumps.some(({ outcome }) => outcome !== "already")),
  );
  return reportsFound && found ? EXIT.found : EXIT.ok;
}
