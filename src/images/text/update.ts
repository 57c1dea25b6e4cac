import { shortVersion } from "../../change/text/version.ts";
import { code } from "../../diff/index.ts";
import { type ImageMetadata, sameVersions } from "./metadata.ts";
import { bumpsLine } from "./title.ts";

type Brought = Pick<ImageMetadata, "images" | "targets">;

/** The comment on a pull request that brings something else than before. `before` is `undefined` where nobody knows; `fallen` are those whose approval was dismissed. */
export function updateText(before: Brought | undefined, now: Brought, fallen: readonly string[]): string {
  const lost =
    fallen.length === 0 ? "" : ` The approvals of ${fallen.map((one) => code(one)).join(", ")} no longer count.`;
  return `${whatText(before, now)}${lost}`;
}

function whatText(before: Brought | undefined, now: Brought): string {
  if (before === undefined) return `Now brings ${code(bumpsLine(now))}.`;
  if (!sameVersions(before, now)) return `Now brings ${code(bumpsLine(now))} in place of ${code(bumpsLine(before))}.`;
  const old = new Map(before.images.map(({ image, tag, digest }) => [`${image}:${tag}`, digest]));
  const moved = now.images.flatMap(({ image, tag, digest }) => {
    const was = old.get(`${image}:${tag}`);
    return was === undefined || was === digest
      ? []
      : [`${code(`${image}:${tag}`)} names another image by now: ${short(digest)}, and no longer ${short(was)}.`];
  });
  return moved.length === 0 ? `Now brings ${code(bumpsLine(now))}.` : moved.join(" ");
}

function short(digest: string): string {
  return code(shortVersion(`@${digest}`).slice(1));
}

/** Tells updates of one pull request apart: by the head, and by the images where only those changed. */
export function updateMarker({ head, images }: Pick<ImageMetadata, "head" | "images">, moved: boolean): string {
  const digests = images.map(({ digest }) => digest.slice(-6)).join("");
  return `update-${head.slice(0, 12)}${moved ? `-${digests.slice(0, 60)}` : ""}`;
}
