/** An object of a cost source. */
export interface SourceObject {
  /** Its path below the source, with `/`. */
  readonly name: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** Changes whenever the content does. */
  readonly etag: string;
}

/** Where AWS, or whoever copies for it, puts cost data: a folder on one machine, a prefix of a bucket in AWS. Only ever read. */
export interface CostSource {
  /** What its deliveries are remembered under: the folder, or `s3://bucket/prefix`. */
  readonly name: string;
  /** Each folder directly below it is looked at by itself, as different people put different exports there. */
  readonly isInbox: boolean;
  /** Everything below it, in the order of names. Throws a precondition Problem when it cannot be reached. */
  list(): Promise<SourceObject[]>;
  /** The bytes of a small object as it was listed. Throws a transient Problem when it has changed since. */
  read(object: SourceObject): Promise<Uint8Array>;
  /** Copies an object as it was listed to a path of this machine, in the time it was written. Throws a transient Problem when it has changed since. */
  fetch(object: SourceObject, path: string): Promise<void>;
}
