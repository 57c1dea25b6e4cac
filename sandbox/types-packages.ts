/** What tests and the demo can do about container packages. */
import type { RepositoryRef } from "./types-common.ts";

/** A manifest that was pushed to GitHub's container registry, in a package that is linked to this repository. */
interface PackageInput extends RepositoryRef {
  /** Name of the package below its owner, e.g. `shop/api`; default: the repository's. */
  readonly package?: string;
  /** Absent for what no tag names, such as the parts of an index: GitHub reports each one. */
  readonly tag?: string;
  readonly digest: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default `ghcr.io`. */
  readonly host?: string;
  readonly by?: string;
}

/** The part of `LocalGitHub` that is about packages. */
export interface PackageControls {
  /** Tells the app, by `registry_package`, that a manifest was published. GitHub's registry itself is not here. */
  publishPackage(input: PackageInput): void;
}
