import { type SourceChanges, sourceSection } from "../../change/source/section.ts";
import { code } from "../../diff/index.ts";

/** A carried image with the repository that it is built from. */
export interface ImageCommits {
  readonly image: string;
  readonly source: SourceChanges;
}

/** What the carried images are built from, a line each. */
export function sourceCommitsSection(images: readonly ImageCommits[]): readonly string[] {
  if (images.length === 0) return [];
  const lines = images.map(({ image, source }) => `- ${code(image)}: ${sourceLine(source)}`);
  return ["### Built from", "", ...lines];
}

function sourceLine(source: SourceChanges): string {
  return (sourceSection(source, 0)[0] ?? "").replace(/^- Source: /, "");
}
