import { z } from "zod";
import type { ChartChange } from "../model/preview.ts";
import { clip, oneLine } from "../model/text/lines.ts";
import type { ObjectReader } from "../model/tree.ts";
import { yamlValues } from "../model/yaml-values.ts";
import type { Affected, ComparedTrees } from "./affected.ts";
import { type ChartFile, chartFolders, readChartFile } from "./chart-file.ts";

const maxNotes = 8;
const maxNote = 160;
const maxLinks = 4;

/** Charts of a target that are another version at the head, or another chart, by their own files. */
export async function chartChanges(
  { target, before }: Affected,
  trees: ComparedTrees,
  fetched: ObjectReader | undefined,
): Promise<readonly ChartChange[]> {
  if (before === undefined) return [];
  const [old, fresh] = [before.render, target.render];
  const [from, to] = [chartFolders(old), chartFolders(fresh)];
  const files = await Promise.all(
    to.map(async (folder, index) => {
      const was = from.length === to.length ? from[index] : undefined;
      const head = await readChartFile(folder, fresh, trees.head, fetched);
      const base = was === undefined ? undefined : await readChartFile(was, old, trees.base, fetched);
      return base === undefined || head === undefined ? [] : chartChange(base, head);
    }),
  );
  return files.flat();
}

/** How two versions of a chart differ, as their makers say. */
export function chartChange(base: ChartFile, head: ChartFile): readonly ChartChange[] {
  const sameChart = base.name === head.name;
  if (sameChart && base.version === head.version && base.appVersion === head.appVersion) return [];
  const app = base.appVersion === head.appVersion ? {} : { app: { from: base.appVersion, to: head.appVersion } };
  return [
    {
      name: head.name,
      from: sameChart ? base.version : `${base.name} ${base.version}`,
      to: head.version,
      ...app,
      notes: notesOf(head),
      links: linksOf(base, head),
    },
  ];
}

const noted = z.union([
  z.string().transform((description) => ({ kind: "", description })),
  z.object({ kind: z.string().catch(""), description: z.string() }),
]);
const notes = z.array(noted.optional().catch(undefined)).catch([]);

function notesOf({ annotations }: ChartFile): readonly string[] {
  const list = notes.parse(yamlValues(annotations["artifacthub.io/changes"] ?? "")[0] ?? []);
  const lines = list.flatMap((one) => {
    if (one === undefined || one.description.trim() === "") return [];
    return [clip(oneLine([one.kind, one.description].filter((part) => part !== "").join(": ")).trim(), maxNote)];
  });
  const more = lines.length - maxNotes;
  return more > 0 ? [...lines.slice(0, maxNotes), `and ${more} more`] : lines;
}

type Link = ChartChange["links"][number];

const listed = z.array(z.object({ name: z.string(), url: z.string() }).optional().catch(undefined)).catch([]);

/** What the makers call a changelog, the releases of the chart, and what lies between the versions of the app. */
function linksOf(base: ChartFile, head: ChartFile): readonly Link[] {
  const own = listed.parse(yamlValues(head.annotations["artifacthub.io/links"] ?? "")[0] ?? []);
  const changelogs = own.flatMap((link) => {
    const page = link === undefined || !/change ?log|release/i.test(link.name) ? undefined : pageOf(link.url);
    return page === undefined ? [] : [{ title: "changelog", url: page }];
  });
  const pages = [...new Set([...head.sources, head.home].flatMap((url) => repositoryOf(url) ?? []))];
  const links = [...changelogs, ...pages.flatMap((page) => releasesOf(page, head)), ...between(base, head, pages)];
  return [...new Map(links.map((link) => [link.url, link])).values()].slice(0, maxLinks);
}

/** GitHub answers a search for a release that is not there with an empty page, and not with an error. */
function releasesOf(page: string, { name, version }: ChartFile): readonly Link[] {
  if (!isOnGitHub(page) || !/charts?$/i.test(page) || name === "") return [];
  const query = encodeURIComponent(`${name}-${version}`);
  return [{ title: `release of ${version}`, url: `${page}/releases?q=${query}&expanded=true` }];
}

const tag = /^v\d+\.\d+\.\d+[\w.-]*$/;

/** Only where the version of the app is written as a tag is, and there is one repository that is not the charts'. */
function between(base: ChartFile, head: ChartFile, pages: readonly string[]): readonly Link[] {
  const [page, ...others] = pages.filter((one) => isOnGitHub(one) && !/charts?$/i.test(one));
  const [from, to] = [base.appVersion, head.appVersion];
  if (page === undefined || others.length > 0 || from === to || !tag.test(from) || !tag.test(to)) return [];
  return [{ title: `${from}...${to}`, url: `${page}/compare/${from}...${to}` }];
}

/** Forges whose pages are linked to; any other address may lead anywhere. */
const forges = ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org"];
/** A path without `.` and `..`: with those a link would lead elsewhere than it reads. */
const address = /^https:\/\/([a-z.]+)((?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+){2,10})\/?$/;

/** A page of a known forge. Into GitHub it goes through its redirect, so that no page there shows a back-reference. */
function pageOf(url: string): string | undefined {
  const [, host = "", path = ""] = address.exec(url.trim()) ?? [];
  if (!forges.includes(host)) return undefined;
  return `https://${host === "github.com" ? "redirect.github.com" : host}${path}`;
}

/** The repository that an address of a forge belongs to. */
function repositoryOf(url: string): string | undefined {
  const page = pageOf(url.trim().replace(/\.git$/, ""));
  return page === undefined ? undefined : page.split("/").slice(0, 5).join("/");
}

function isOnGitHub(page: string): boolean {
  return page.startsWith("https://redirect.github.com/");
}
