import { inTicks } from "../../model/text/markdown.ts";
import type { FindingRule, Found } from "../findings/rule.ts";
import { textAt, type ValueObject } from "../value.ts";

/** An annotation by which one object is deployed in another way than its neighbours. */
interface Mark {
  readonly annotation: string;
  isSet(value: string): boolean;
  /** What it does, after "{resource}{where}": with the verb. */
  readonly on: string;
  readonly off: string;
}

const option = (pattern: RegExp) => (value: string) => value.split(",").some((one) => pattern.test(one.trim()));
const exactly = (wanted: string) => (value: string) => value.toLowerCase() === wanted;
const flux = "kustomize.toolkit.fluxcd.io";
const argo = "argocd.argoproj.io";

const stays = "{#stays|stay} in the cluster from now on when {#it leaves|they leave} Git";
const goes = "{#is|are} deleted from now on where pruning is on, when {#it leaves|they leave} Git";
const replaced = "{#is|are} deleted and made again from now on where an update is refused";
const updated = "{#is|are} only updated from now on";

const marks: readonly Mark[] = [
  { annotation: `${flux}/prune`, isSet: exactly("disabled"), on: stays, off: goes },
  {
    annotation: `${flux}/reconcile`,
    isSet: exactly("disabled"),
    on: "{#is|are} not updated by Flux any more: changes in Git do nothing",
    off: "{#is|are} updated by Flux again, with every change since then",
  },
  {
    annotation: `${flux}/ssa`,
    isSet: exactly("ignore"),
    on: "{#is|are} not applied by Flux any more: changes in Git do nothing",
    off: "{#is|are} applied by Flux again, with every change since then",
  },
  {
    annotation: `${flux}/ssa`,
    isSet: exactly("ifnotpresent"),
    on: "{#is|are} only made where {#it is|they are} missing: later changes in Git do nothing",
    off: "{#is|are} updated by Flux again, not only made where {#it is|they are} missing",
  },
  {
    annotation: `${flux}/ssa`,
    isSet: exactly("merge"),
    on: "{#keeps|keep} fields that somebody else sets in the cluster",
    off: "no longer {#keeps|keep} fields that somebody else sets in the cluster",
  },
  { annotation: `${flux}/force`, isSet: exactly("enabled"), on: replaced, off: updated },
  { annotation: `${argo}/sync-options`, isSet: option(/^(?:Prune|Delete)=false$/), on: stays, off: goes },
  { annotation: `${argo}/sync-options`, isSet: option(/^(?:Replace|Force)=true$/), on: replaced, off: updated },
  { annotation: "helm.sh/resource-policy", isSet: exactly("keep"), on: stays, off: goes },
];

/** One object gets, or loses, an annotation that has its controller deploy it in another way. */
export const objectHandlingChanged: FindingRule = {
  id: "object-handling-changed",
  severity: "notice",
  check({ how, base, head }) {
    if (how !== "same" || base === undefined || head === undefined) return [];
    return marks.flatMap((mark): readonly Found[] => {
      const [before, after] = [isSet(mark, base.object), isSet(mark, head.object)];
      if (before === after) return [];
      return [
        {
          short: `${inTicks(mark.annotation)} changes ({app})`,
          message: `{resource} of {app}{where} ${after ? mark.on : mark.off}. ${inTicks(mark.annotation)} says so.`,
          noun: head.id.kind,
          name: head.id.name,
          pointer: "/metadata/annotations",
        },
      ];
    });
  },
};

function isSet({ annotation, isSet: holds }: Mark, object: ValueObject): boolean {
  return holds(textAt(object, "metadata", "annotations", annotation));
}

/** What the object is a hook of, and when it runs; `undefined` where it is none. */
export function hookOf(object: ValueObject): { readonly tool: "Argo CD" | "Helm"; readonly phase: string } | undefined {
  const annotation = (name: string) => textAt(object, "metadata", "annotations", name).trim();
  const [argoHook, helmHook] = [annotation(`${argo}/hook`), annotation("helm.sh/hook")];
  if (argoHook !== "") return { tool: "Argo CD", phase: argoHook };
  return helmHook === "" || helmHook === "crd-install" ? undefined : { tool: "Helm", phase: helmHook };
}
