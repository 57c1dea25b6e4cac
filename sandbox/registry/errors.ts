import { STATUS_CODES } from "node:http";

/** Why the registry refuses, in the codes of the OCI distribution specification with the statuses of Distribution. */
const STATUS = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 400,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_UNKNOWN: 404,
  PAGINATION_NUMBER_INVALID: 400,
  RANGE_INVALID: 416,
  SIZE_INVALID: 413,
  UNAUTHORIZED: 401,
  UNSUPPORTED: 405,
} as const;

type Code = keyof typeof STATUS;

/** A refusal on its way to the client. */
export class RegistryError extends Error {
  readonly code: Code;
  readonly status: number;
  readonly detail: unknown;

  constructor(code: Code, message: string, detail?: unknown) {
    super(message);
    this.code = code;
    this.status = STATUS[code];
    this.detail = detail;
  }

  /** The body of the answer. */
  body(): unknown {
    const detail = this.detail === undefined ? {} : { detail: this.detail };
    return { errors: [{ code: this.code, message: this.message, ...detail }] };
  }
}

/** An answer to `push`, the registry's own client, that was not as it had to be. */
export function unexpected(what: string, status: number, text: string): Error {
  return new Error(`the registry answered ${status} ${STATUS_CODES[status] ?? ""} to ${what}: ${text}`);
}
