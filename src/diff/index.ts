export { code, inert } from "../model/text/markdown.ts";
export { type CompareInput, compareObjects, compareTarget, type TargetComparison } from "./compare.ts";
export { deployHandling } from "./controllers/deploy-handling.ts";
export { controllerFacts } from "./controllers/facts.ts";
export { isReleased } from "./deletion-protected.ts";
export {
  notAutomatedFinding,
  ownedBySetFinding,
  type Removal,
  suspendedFinding,
  targetRemovedFinding,
  unknownTargetsFinding,
} from "./deployed-findings.ts";
export { compareEnvironments, type EnvironmentRenders } from "./environments/compare.ts";
export { entryFindings, type TargetFinding } from "./findings/index.ts";
export { isNewContent } from "./generated-names.ts";
export { splitImage } from "./image-name.ts";
export { resourceLabel } from "./item.ts";
export { locate } from "./locate.ts";
export { podCount } from "./pods.ts";
export { redactMessage, withoutCredentials } from "./redact.ts";
export { placesOf, resourceNames } from "./report/block-words.ts";
export { codeMarks, fieldPhrase, plainMarks } from "./report/changes.ts";
export { previewCheck } from "./report/check.ts";
export { checkedCount } from "./report/closing.ts";
export { previewComment } from "./report/comment.ts";
export { configProblemsReport } from "./report/config-problems.ts";
export { configurationLines } from "./report/configuration.ts";
export { declarerText, destinationText, movesText } from "./report/deployed.ts";
export { isCaused, uncheckedText } from "./report/drift.ts";
export { nothingChanges } from "./report/facts.ts";
export { groupFindings } from "./report/finding-groups.ts";
export { type ChangeGroup, foldChanges } from "./report/fold.ts";
export { previewJson } from "./report/json.ts";
export { fileLink } from "./report/links.ts";
export type { ReportOptions } from "./report/options.ts";
export { plusMinus } from "./report/phrases.ts";
export { changeRows, rowEnvironments } from "./report/rows.ts";
export { verdict } from "./report/verdict.ts";
export {
  majorVersionFinding,
  notFetchedFinding,
  shownReference,
  sourceMovedFinding,
} from "./source-findings.ts";
export {
  brokenConfigurationFinding,
  dependsOnClusterFinding,
  guessedValuesFinding,
  lostAppsFinding,
  missingFile,
  renderFailureFinding,
  unmatchedPathFinding,
  unreadFilesFinding,
} from "./target-findings.ts";
export { withhold } from "./withhold.ts";
