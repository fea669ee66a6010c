/** Object storage: a folder on one machine, S3 in AWS. Keys use `/`; a key once written is never overwritten with other bytes. */
export interface Files {
  /** Stores bytes under a key. Throws a Problem of kind exists when the key holds other bytes. */
  put(key: string, content: Uint8Array): Promise<void>;
  /** Moves a local file to a key (for content that does not fit in memory). */
  putFile(key: string, path: string): Promise<void>;
  /** The bytes; throws a Problem of kind missing. */
  get(key: string): Promise<Uint8Array>;
  /** Replaces what a key holds, atomically: for the few small keys that name a current state. */
  replace(key: string, content: Uint8Array): Promise<void>;
  has(key: string): Promise<boolean>;
  /** A path on this machine that holds the content: the analytical engine reads it from there. */
  localPath(key: string): Promise<string>;
  list(prefix: string): Promise<string[]>;
}
