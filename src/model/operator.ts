/** Something that only the operator can put right. Never holds a secret. */
export interface Problem {
  /** What is wrong, without a full stop. */
  readonly message: string;
  /** What to do, with the address where: a sentence. */
  readonly fix: string;
  /** Nothing works like this. */
  readonly fatal: boolean;
}
