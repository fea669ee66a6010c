/** Encryption at rest for the few values that must never be read from the database, such as task tokens. */
export interface Vault {
  /** The text, encrypted and authenticated; another time it looks different. */
  seal(text: string): string;
  /** What was sealed. Throws a precondition Problem where it was sealed with another key, or was changed. */
  open(sealed: string): string;
}
