/** What a program asked for, one resource of it, with every value known. */
export interface Resource {
  /** As the provider names it: "aws:s3/bucket:Bucket", or a component's, "sst:aws:Bucket". */
  readonly type: string;
  /** The logical name; unique with the type. Physical names end at random. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What it would be called by in AWS: `id`, `arn` and what the provider computes. */
  readonly state: Readonly<Record<string, unknown>>;
  /** Stays in the account when the stage is removed. */
  readonly isRetained: boolean;
}

/** What `app()` of sst.config.ts answers for a stage. */
export interface AppSettings {
  readonly name: string;
  readonly home: string;
  readonly removal: string;
  readonly protect: boolean;
  readonly providers: Readonly<Record<string, unknown>>;
}

/** One handler as it was bundled for Lambda. */
export interface Bundle {
  /** As the function names it: "packages/functions/src/lambda/task.handler". */
  readonly handler: string;
  /** The folder that goes into the zip. */
  readonly folder: string;
  /** The same, below the folder: "packages/functions/src/lambda/task.handler". */
  readonly entry: string;
  readonly bytes: number;
  /** Source files that went in. */
  readonly files: readonly string[];
  /** Packages that were left out, which the runtime must have. */
  readonly external: readonly string[];
}

/** All that a stage would hold, without an account: what the real components asked for. */
export interface Evaluation {
  readonly stage: string;
  readonly app: AppSettings;
  readonly resources: readonly Resource[];
  readonly bundles: readonly Bundle[];
  /** Handlers that functions name and that have no file. */
  readonly missingHandlers: readonly string[];
}

export const ACCOUNT = "123456789012";
export const REGION = "eu-central-1";
