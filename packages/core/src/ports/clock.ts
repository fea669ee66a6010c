/** The only source of "now" and of fresh identifiers. */
export interface Clock {
  now(): Date;
  /** A fresh identifier: 26 characters, letters and digits, rising with time. */
  id(): string;
}
