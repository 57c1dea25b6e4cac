/** GitHub's limit for the body of a comment, in characters. */
export const COMMENT_LIMIT = 65_536;

/** GitHub's limit for `summary` and for `text` of a check run's output, in characters. */
export const OUTPUT_LIMIT = 65_535;

/** How many annotations one request may carry; those of further requests are appended. */
export const ANNOTATIONS_PER_REQUEST = 50;

/** How many items a page of a list may have. */
export const PER_PAGE = 100;

/** How many pages a list may have: one that goes on is a mistake of the server. */
export const MAX_PAGES = 1_000;

/** How many pages of deliveries are looked through at the same time. */
export const DELIVERY_PAGES = 200;

/** How long one request may take, its answer's body included, in milliseconds. */
export const REQUEST_DEADLINE_MS = 15_000;

/** How long before its end a token is no longer used, in milliseconds. Git may need it for a long fetch. */
export const TOKEN_MARGIN_MS = 5 * 60_000;

/** How long it is remembered that an installation granted less than is asked for, in milliseconds. */
export const GRANT_KEPT_MS = 10 * 60_000;

/** How soon everything is asked for again once a call failed because a permission is missing, in milliseconds. */
export const GRANT_RETRY_MS = 60_000;

/**
 * How long what was seen or made just now spares a list, in milliseconds. Another worker may write meanwhile: what that
 * doubles is found and removed later.
 */
export const FRESH_MS = 10_000;

/** How soon the App's own name is asked for again when a bot has another one, in milliseconds. */
export const APP_KEPT_MS = 60_000;

/** GitHub's limit for the title of a pull request, in characters. */
export const TITLE_LIMIT = 256;

/** How long an answer about a team is kept, in milliseconds. */
export const TEAM_KEPT_MS = 60_000;

/** How many pages of check runs and of statuses of one commit are read. */
export const CHECK_PAGES = 10;

/** How large a file may be to travel inside the request that makes its tree, in bytes. */
export const INLINE_LIMIT = 512 * 1024;

/**
 * How long it is kept which installation covers a source repository, and what a comparison of its commits found, in
 * milliseconds.
 */
export const SOURCE_KEPT_MS = 10 * 60_000;
