/** `fail`: Sluice cannot work like this. `warn`: something that a person should know. `info`: a fact. */
type CheckStatus = "ok" | "info" | "warn" | "fail";

/** What one check of the machine found. Never holds the value of a setting. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  readonly detail: string;
  readonly fix?: string;
}

/** What a check may touch. */
export interface DoctorInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
}
