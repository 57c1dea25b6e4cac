import { LRUCache } from "lru-cache";
import { UserError } from "../model/errors.ts";
import { trusted } from "../model/fetch-policy.ts";
import { type Mount, mountRoot } from "../model/mount.ts";
import type { Render, Renderer, RenderSource, RenderWarning, UnpinnedReference } from "../model/render.ts";
import type {
  MovingSource,
  PinnedSource,
  SourceAnswer,
  SourceFailure,
  SourceRequest,
  Sources,
} from "../model/sources.ts";
import { type RenderSpec, specText } from "../model/target.ts";
import { mountPath, referenceText } from "./mount-path.ts";

/** A base that names a base that names a base…: so many times. */
const maxRounds = 10;

/** A render's spec with what could be fetched, and what of it people should know. */
interface Completed {
  readonly spec: RenderSpec;
  readonly render: Render;
  readonly refused: ReadonlyMap<string, SourceFailure>;
  readonly pinned: ReadonlyMap<string, { readonly request: SourceRequest; readonly source: PinnedSource }>;
}

/**
 * A renderer that fetches what renders find to be remote (bases, files, charts), mounts it and renders again, until
 * nothing more is found. What may not or cannot be fetched stays unpinned, with the reason.
 */
export function remoteRenderer<R extends Renderer>(inner: R, sources: Sources): R {
  /** With which mounts a spec was rendered last. */
  const last = new LRUCache<string, RenderSpec>({ maxSize: 20_000, sizeCalculation: () => 1 });

  const complete = async (
    spec: RenderSpec,
    source: RenderSource,
    signal: AbortSignal,
    render: Renderer["render"],
  ): Promise<Completed> => {
    const refused = new Map<string, SourceFailure>();
    const pinned = new Map<string, { request: SourceRequest; source: PinnedSource }>();
    let current = spec;
    for (let round = 0; ; round += 1) {
      const result = await render(current, source, signal);
      const open = wanted(result.unpinned, refused, pinned);
      if (open.size === 0 || round === maxRounds) {
        last.set(specText(spec), current);
        return { spec: current, render: result, refused, pinned };
      }
      const policy = source.policy ?? trusted;
      const answers = await Promise.all(
        [...open].map(async ([reference, request]) => ({
          reference,
          request,
          answer: await sources.pin(request, policy, signal),
        })),
      );
      for (const one of answers) note(one, refused, pinned);
      const mounts = answers.flatMap(({ reference, request, answer }) => mountOf(reference, request, answer));
      current = mounts.length === 0 ? current : { ...current, mounts: [...(current.mounts ?? []), ...mounts] };
    }
  };

  const rendered =
    (method: "render" | "fresh"): Renderer["render"] =>
    async (spec, source, signal) =>
      told(await complete(spec, source, signal, (one, from, until) => inner[method](one, from, until)));

  return {
    ...inner,
    known: async (spec, source) => {
      const mounted = last.get(specText(spec));
      const trace = mounted === undefined ? undefined : await inner.known(mounted, source);
      return trace ?? inner.known(spec, source);
    },
    render: rendered("render"),
    fresh: rendered("fresh"),
    yaml: async (spec, source, signal) => {
      const {
        spec: mounted,
        render,
        refused,
      } = await complete(spec, source, signal, (one, from, until) => inner.render(one, from, until));
      const [failure] = refused.values();
      if (!render.ok && failure !== undefined) {
        const { message, fix } = failure;
        throw new UserError("refused", message, fix === undefined ? {} : { fix });
      }
      return inner.yaml(mounted, source, signal);
    },
    close: async () => {
      await inner.close();
      await sources.close();
    },
  };
}

/** What a render lacks and nobody was asked for yet, once for each name. */
function wanted(
  unpinned: readonly UnpinnedReference[],
  refused: ReadonlyMap<string, SourceFailure>,
  pinned: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, SourceRequest> {
  return new Map(
    unpinned.flatMap(({ reference, source }) =>
      source === undefined || refused.has(reference) || pinned.has(reference) ? [] : [[reference, source] as const],
    ),
  );
}

function note(
  one: { readonly reference: string; readonly request: SourceRequest; readonly answer: SourceAnswer },
  refused: Map<string, SourceFailure>,
  pinned: Map<string, { request: SourceRequest; source: PinnedSource }>,
): void {
  const { reference, request, answer } = one;
  if (answer.ok) pinned.set(reference, { request, source: answer.source });
  else refused.set(reference, answer.failure);
}

function mountOf(reference: string, request: SourceRequest, answer: SourceAnswer): readonly Mount[] {
  if (!answer.ok) return [];
  const { tree } = answer.source;
  return [{ at: `${mountRoot}/${mountPath(reference, request)}`, tree, reference }];
}

/** The render with the reasons of what was not fetched, and with what moves. */
function told({ render, refused, pinned }: Completed): Render {
  const unpinned = render.unpinned.map((one) => {
    const failure = refused.get(one.reference);
    return failure === undefined ? one : { ...one, reason: failure.message, failure: failure.kind };
  });
  const moving = [...pinned.values()].flatMap(movingOf);
  const warnings = [...pinned].flatMap(([reference, { source }]) => warningsOf(reference, source));
  const seen = { ...(moving.length > 0 && { moving }), unpinned };
  return render.ok ? { ...render, ...seen, warnings: [...render.warnings, ...warnings] } : { ...render, ...seen };
}

function movingOf({ request, source }: { request: SourceRequest; source: PinnedSource }): readonly MovingSource[] {
  const { moving, movedFrom, revision, version } = source;
  if (!moving && movedFrom === undefined) return [];
  const named = { reference: referenceText(request), revision };
  return [{ ...named, ...(version !== undefined && { version }), ...(movedFrom !== undefined && { movedFrom }) }];
}

function warningsOf(reference: string, { notes = [] }: PinnedSource): readonly RenderWarning[] {
  return notes.map((message) => ({ message: `${reference}: ${message}` }));
}
