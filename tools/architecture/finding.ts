/** A place where the house is not as it should be. */
export interface Finding {
  readonly rule: string;
  /** Path from the root. */
  readonly file: string;
  /** What is wrong there, and what is allowed. */
  readonly message: string;
}
