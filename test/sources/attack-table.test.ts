import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const sources = "test/sources/attacks.test.ts";
const answers = "test/sources/answers.test.ts";
const git = "test/sources/git.test.ts";
const hostileGit = "test/sources/git-attacks.test.ts";
const helm = "test/sources/helm.test.ts";
const store = "test/sources/shared-store.test.ts";
const addresses = "test/registry/addresses.test.ts";
const policy = "test/model/fetch-policy.test.ts";
const secrets = "test/preview/secret-inputs.test.ts";

/** Every attack on fetching with the test that plays it: what is attacked, the file, a part of the test's name. */
const table: readonly (readonly [attack: string, file: string, test: string])[] = [
  ["a private address, written out in any form", sources, "is refused when it is a private one"],
  ["a name that leads to a private address", sources, "is refused when the name leads to a private one"],
  ["IPv4 in IPv6: mapped, translated, NAT64, 6to4, Teredo", addresses, "is in a network of one's own only"],
  ["link-local, metadata and unspecified addresses", addresses, "is never at a link-local"],
  ["a metadata address that is called private", sources, "is never a metadata address"],
  ["a name that changes its address (rebinding)", sources, "is looked at when it is connected to"],
  ["the same, between the question and git's fetch", git, "is not fetched when its name leads elsewhere"],
  ["a host's name that is an order to curl", hostileGit, "under a name that is an order to curl"],
  ["a redirect into a private network", sources, "leads nobody from the internet into a private network"],
  ["a loop of redirects, a redirect to http", sources, "is followed through few redirects"],
  ["a redirect to a host that the operator has credentials for", answers, "leads to another host without"],
  ["another scheme, credentials or a program in an address", sources, "is refused unless it is a plain https"],
  ["an endless answer, a huge one", sources, "that is too long, or that never ends"],
  ["an answer that does not come", sources, "that does not come is given up"],
  ["an answer letter by letter", answers, "that comes letter by letter"],
  ["a packed answer that nobody asked for", answers, "that is packed although"],
  ["a bomb as a tar archive, too many files", sources, "that is a bomb is not unpacked"],
  ["a zip, half an archive", sources, "that is cut off, or none, is refused"],
  ["paths, links and devices in an archive; names that differ in case", sources, "with %s is refused"],
  ["a chart with files beside it", sources, "of a chart with files beside the chart's folder"],
  ["a chart that names file:// and ../", "engine/dependencies_test.go", "a folder of the repository from a mount"],
  ["a chart or base that reads another source", "engine/mounts_test.go", "TestASourceReadsNothingOfAnotherOne"],
  ["a link out of a source", "engine/mounts_test.go", "TestALinkInAMountIsRefused"],
  ["an index of aliases, keys in keys, long lines", sources, "of an index with %s is refused, at once"],
  ["an index that leads to a file, http or a registry", sources, "of an index with a chart at a file or over http"],
  ["an index that leads to another host", helm, "may have its charts at another host, which gets no credentials"],
  ["a chart that is not what its index says", helm, "is refused when a chart is not what the index says"],
  ["a manifest with foreign layers", answers, "that says where else a layer is"],
  ["a manifest with a path for a digest, a wrong layer", answers, "that names no digest but a path"],
  ["a pull request that adds a host or a path", sources, "of a new host is not fetched"],
  ["an address that looks like a known one", policy, "lets nothing else be fetched"],
  ["a host that looks like one with credentials", sources, "does not get another host's credentials"],
  ["credentials of one host at another", git, "gives a host its own credentials"],
  ["a tag that is moved", git, "tells that a tag moved, and from where"],
  ["a version that is published again", helm, "tells that a version was published again"],
  ["submodules", git, "does not follow submodules"],
  ["a submodule that is an order to git", hostileGit, "has no submodule whose address is an order"],
  ["a .gitmodules that takes hours to read", hostileGit, "takes no time by a .gitmodules"],
  ["files in Git LFS", git, "leaves files in Git LFS as pointers"],
  [".git, .., slashes as names in a tree", hostileGit, "gets nothing in that stands under the name"],
  ["a name twice, a tree without what it names", hostileGit, "gets no name in twice"],
  ["a difference that grows without end", hostileGit, "brings no file by a difference"],
  ["a repository without end", git, "is no more than the limit"],
  ["objects of others, by their ids", hostileGit, "gets nothing of what others fetched"],
  ["what others may have, out of the shared store", store, "gives two repositories what each may have"],
  ["a pin that another repository could set", store, "tells each repository that asks of a version that moved"],
  ["a disk that fills", store, "keeps what may be in use, and takes no more"],
  ["a text that takes hours to look through for addresses", policy, "reads a text that is one long word"],
  ["credentials of an address in what is shown", secrets, "are hidden, and a change of them shows"],
];

describe("every attack on fetching", () => {
  it.each(table)("has its test: %s", (_attack, file, test) => {
    expect(readFileSync(join(root, file), "utf8")).toContain(test);
  });
});
