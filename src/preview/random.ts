import type { Render, Renderer, RenderSource, Trace } from "../model/render.ts";
import type { RenderSpec } from "../model/target.ts";
import type { Tree } from "../model/tree.ts";
import type { Affected, ComparedTrees } from "./affected.ts";
import { smallText } from "./small-text.ts";

/**
 * Functions of templates that give another value at every call. (`derivePassword` and `buildCustomCert` do not.) Names
 * stand as words of their own.
 */
const randomFunction =
  /\b(?:rand(?:Alpha|AlphaNum|Ascii|Numeric|Bytes|Int)|gen(?:CA|CAWithKey|SelfSignedCert|SelfSignedCertWithKey|SignedCert|SignedCertWithKey|PrivateKey)|uuidv4|shuffle|now|ago|htpasswd|bcrypt|encryptAES)\b/;
const template = /(?:^|\/)templates\//;
const archive = /\.(?:tgz|tar\.gz)$/;

/** Says whether a chart's templates may hold random values; each file is read once. */
type Suspicion = (render: Render, tree: Tree) => Promise<boolean>;

/** How many renders are compared to tell what stays the same: of two, one hex digit in sixteen does by chance. */
const samples = 4;

/** Renders a target some times more, where that is needed. */
export type RenderAgain = (one: Affected) => Promise<Affected>;

/**
 * Renders some times more what may hold random values and differs, so that these can be told from changes. Both sides:
 * a kept render may be days old, and dates are random values too.
 */
export function againRenderer(renderer: Renderer, trees: ComparedTrees, signal: AbortSignal): RenderAgain {
  const suspicious = suspicion();
  const again = async (spec: RenderSpec, render: Render | undefined, source: RenderSource) =>
    render?.ok ? Promise.all(Array.from({ length: samples }, () => renderer.fresh(spec, source, signal))) : [];
  return async (one) => {
    if (!differs(one)) return one;
    const suspect = await Promise.all([
      maybe(one.base, trees.base, suspicious),
      maybe(one.head, trees.head, suspicious),
    ]);
    if (!suspect.includes(true)) return one;
    const [base, head] = await Promise.all([
      again((one.before ?? one.target).render, one.base, trees.base),
      again(one.target.render, one.head, trees.head),
    ]);
    return { ...one, again: { base, head } };
  };
}

function differs({ base, head }: Affected): boolean {
  return (base?.ok === true || head?.ok === true) && base?.digest !== head?.digest;
}

async function maybe(render: Render | undefined, { tree }: RenderSource, suspicious: Suspicion): Promise<boolean> {
  return render?.ok === true && (await suspicious(render, tree));
}

function suspicion(): Suspicion {
  const known = new Map<string, Promise<boolean>>();
  const lookedInto = async (tree: Tree, path: string): Promise<boolean> => {
    const oid = (await tree.at(path))?.oid;
    if (oid === undefined) return false;
    const answer =
      known.get(oid) ?? smallText(tree, path).then((text) => text === undefined || randomFunction.test(text));
    known.set(oid, answer);
    return answer;
  };
  return async ({ trace }, tree) => {
    const paths = await chartFiles(trace, tree);
    if (paths.some((path) => archive.test(path))) return true;
    const answers = await Promise.all(
      paths.filter((path) => template.test(path)).map((path) => lookedInto(tree, path)),
    );
    return answers.includes(true);
  };
}

/** The files of charts that a render read; none where it read no chart. */
async function chartFiles(trace: Trace, tree: Tree): Promise<readonly string[]> {
  const whole = trace.flatMap(([path, kind]) => (kind === "tree" ? [path] : []));
  const single = trace.flatMap(([path, kind]) => (kind === "file" ? [path] : []));
  const below = await Promise.all(whole.map((path) => tree.files(path)));
  const all = [...single, ...below.flat()];
  return all.some((path) => /(?:^|\/)Chart\.yaml$/.test(path) || archive.test(path)) ? all : [];
}
