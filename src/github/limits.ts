/** GitHub's limit for the body of a comment, in characters. */
export const COMMENT_LIMIT = 65_536;

/** GitHub's limit for `summary` and for `text` of a check run's output, in characters. */
export const OUTPUT_LIMIT = 65_535;

/** How many annotations one request may carry; those of further requests are appended. */
export const ANNOTATIONS_PER_REQUEST = 50;

/** How many items a page of a list may have. */
export const PER_PAGE = 100;

/** How many pages of deliveries are looked through at one time. */
export const DELIVERY_PAGES = 200;

/** How long one request may take, its answer's body included, in milliseconds. */
export const REQUEST_DEADLINE_MS = 15_000;

/** How long before its end a token is no longer used, in milliseconds. Git may need it for a long fetch. */
export const TOKEN_MARGIN_MS = 5 * 60_000;
