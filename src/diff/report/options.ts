/** Options of a report. Facts that are not given are left out of the text. */
export interface ReportOptions {
  /** UTF-16 units that the comment may have; at least 1,500. Default 60,000. */
  readonly limit?: number;
  /** Where the check can be read, for the comment's link to it. */
  readonly detailsUrl?: string;
  /** The repository's page on GitHub, for links to commits and files. */
  readonly repositoryUrl?: string;
  /** The branch that is merged into, by name. */
  readonly baseName?: string;
  /** What would be merged; "this branch" on a pull request. */
  readonly headName?: string;
  /** How to check again: a command that people can comment. */
  readonly command?: string;
  /** How to confirm that a danger is meant: the command, which the finding's name follows. */
  readonly acknowledge?: string;
  /** Where the documentation is served, without a slash at its end. */
  readonly docsUrl?: string;
}
