/**
 * An answer other than success, in GitHub's shape. Thrown by routes and actions, turned into a response at the door.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** Some of GitHub's refusals explain themselves in objects, some in sentences. */
  readonly errors: readonly (ValidationProblem | string)[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { errors?: readonly (ValidationProblem | string)[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }

  /** The response body. */
  body(): Record<string, unknown> {
    return {
      message: this.message,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      documentation_url: "https://docs.github.com/rest",
      status: String(this.status),
    };
  }
}

/** One entry of `errors` in a 422. */
export interface ValidationProblem {
  readonly resource: string;
  readonly field?: string;
  readonly code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  readonly message?: string;
}

/** 404, also where GitHub hides that something exists. */
export function notFound(): ApiError {
  return new ApiError(404, "Not Found");
}

/** 422 with GitHub's usual message and one problem. */
export function validationFailed(problem: ValidationProblem): ApiError {
  return new ApiError(422, "Validation Failed", { errors: [problem] });
}

/** 403 for an app that lacks a permission. */
export function notAccessible(): ApiError {
  return new ApiError(403, "Resource not accessible by integration");
}
