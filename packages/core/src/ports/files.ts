/**
 * Object storage: a folder on one machine, S3 in AWS. Keys are relative paths with `/` ("raw/cur/ab12.csv.gz");
 * a key once written is never overwritten with other bytes, and is there whole or not at all.
 */
export interface Files {
  /** Stores bytes under a key; the same bytes again change nothing. Throws a Problem of kind exists when the key holds other bytes. */
  put(key: string, content: Uint8Array): Promise<void>;
  /** Moves a scratch file to a key (for content that does not fit in memory), under the same rule. The scratch file is gone afterwards. */
  putFile(key: string, path: string): Promise<void>;
  /** The bytes; throws a Problem of kind missing. */
  get(key: string): Promise<Uint8Array>;
  /** Replaces what a key holds, whole or not at all: for the few small keys that name a current state. */
  replace(key: string, content: Uint8Array): Promise<void>;
  has(key: string): Promise<boolean>;
  /** A path on this machine that holds the content, to be read only. */
  localPath(key: string): Promise<string>;
  /** Where the analytical engine reads the content: the local path on one machine, an `s3://` address in AWS. Throws a missing Problem. */
  location(key: string): Promise<string>;
  /** Keys below a prefix, in text order. */
  list(prefix: string): Promise<string[]>;
  /** A fresh path on this machine, ending in `suffix`, for content in the making. What a dead process left there is removed at the next start. */
  scratchPath(suffix: string): Promise<string>;
  /** SHA-256 in hex of a file of this machine, which is not held in memory. Throws when it cannot be read. */
  digestOf(path: string): Promise<string>;
  /** Removes a scratch file or folder; nothing happens when it is not there. */
  discard(scratchPath: string): Promise<void>;
}
