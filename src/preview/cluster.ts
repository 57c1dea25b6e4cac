import { dependsOnClusterFinding } from "../diff/index.ts";
import { UserError } from "../model/errors.ts";
import { mapLimit } from "../model/map-limit.ts";
import type { Finding } from "../model/preview.ts";
import type { RenderSpec } from "../model/target.ts";
import type { ChangedPath, Tree } from "../model/tree.ts";
import type { Affected, ComparedTrees } from "./affected.ts";
import { isInChart } from "./deployable.ts";
import { reader } from "./reads.ts";

/** A place in a template that only a cluster can answer. */
interface Use {
  /** What is asked: `lookup`, `.Release.IsUpgrade`, `.Capabilities.APIVersions`. */
  readonly what: string;
  readonly line: number;
}

/** A changed file with such places; those of the head, where it has any, have lines. */
interface Asking {
  readonly path: string;
  readonly head: readonly Use[];
  readonly base: readonly Use[];
}

const atOnce = 16;
const actions = /\{\{(?!-?\s*\/\*)[\s\S]*?\}\}/g;
const questions =
  /\blookup\b|\b(?:IsUpgrade|IsInstall|Revision)\b|\bCapabilities\b(?:\.(?:KubeVersion|APIVersions)\b)?/g;
/** Files of a chart that are no part of its manifests. */
const prose = /(?:^|\/)NOTES\.txt$|\.md$/i;

/**
 * What changed files of charts ask of the cluster. A render here has no cluster: it takes the branch of a first
 * installation in which nothing is there, so a change in another branch is not seen.
 */
export async function clusterFindings(
  affected: readonly Affected[],
  changed: readonly ChangedPath[],
  trees: ComparedTrees,
): Promise<readonly Finding[]> {
  const charts = affected.filter(({ target }) => target.render.kind !== "plain");
  const isRead = reader(charts);
  const paths = changed.map(({ path }) => path).filter((path) => !prose.test(path) && isRead(path, "file"));
  const looked = await mapLimit(paths, atOnce, (path) => askingAt(path, trees));
  const asking = looked.filter(({ head, base }) => head.length > 0 || base.length > 0);
  if (asking.length === 0) return [];
  const findings = await Promise.all(charts.map((one) => findingsOf(one, asking, trees)));
  return findings.flat();
}

async function askingAt(path: string, { base, head }: ComparedTrees): Promise<Asking> {
  const [before, after] = await Promise.all([usesAt(base.tree, path), usesAt(head.tree, path)]);
  return { path, base: before, head: after };
}

async function usesAt(tree: Tree, path: string): Promise<readonly Use[]> {
  try {
    const bytes = await tree.read(path);
    return bytes === undefined ? [] : usesIn(new TextDecoder().decode(bytes));
  } catch (error) {
    // The render does not read it either, and says so.
    if (error instanceof UserError && error.kind === "limit") return [];
    throw error;
  }
}

function usesIn(text: string): readonly Use[] {
  const uses: Use[] = [];
  let [line, counted] = [1, 0];
  for (const action of text.matchAll(actions)) {
    for (const found of action[0].matchAll(questions)) {
      const at = action.index + found.index;
      line += text.slice(counted, at).split("\n").length - 1;
      counted = at;
      uses.push({ what: nameOf(found[0]), line });
    }
  }
  return uses;
}

function nameOf(word: string): string {
  if (word === "lookup") return word;
  return word.startsWith("Capabilities") ? `.${word}` : `.Release.${word}`;
}

async function findingsOf(one: Affected, asking: readonly Asking[], trees: ComparedTrees): Promise<readonly Finding[]> {
  const { app, environment, render } = one.target;
  const isRead = reader([one]);
  const found = await Promise.all(
    asking.map(async ({ path, head, base }): Promise<readonly Finding[]> => {
      if (!isRead(path, "file") || !(await isOfChart(path, render, trees))) return [];
      const open = (use: Use): boolean => !isAnswered(use, render);
      const [use, before] = [head.find(open), base.find(open)];
      const what = use ?? before;
      if (what === undefined) return [];
      return [dependsOnClusterFinding({ app, environment, what: what.what, file: path, line: use?.line })];
    }),
  );
  return found.flat();
}

/** A Helm target reads nothing but charts and their values; of a kustomization only the charts are templates. */
async function isOfChart(path: string, { kind }: RenderSpec, { base, head }: ComparedTrees): Promise<boolean> {
  return kind === "helm" || (await isInChart(path, head.tree)) || (await isInChart(path, base.tree));
}

/** Whether the configuration says what the cluster would. */
function isAnswered({ what }: Use, render: RenderSpec): boolean {
  if ((render.kind !== "helm" && render.kind !== "kustomize") || !what.startsWith(".Capabilities")) return false;
  const { kubeVersion, apiVersions } = render.options;
  const [version, kinds] = [kubeVersion !== undefined, apiVersions !== undefined];
  if (what.endsWith(".KubeVersion")) return version;
  return what.endsWith(".APIVersions") ? kinds : version && kinds;
}
