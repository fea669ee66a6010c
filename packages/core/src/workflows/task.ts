/** What the stack gives a task's function, and both engines hold it to. Retries are for transient errors only. */
export interface TaskTraits {
  /** One sentence: what it does. */
  readonly does: string;
  /** How long its function may run; the state that calls it waits a little longer. */
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly retry: { readonly maxAttempts: number; readonly intervalSeconds: number; readonly backoffRate: number };
  /** What its role may reach in AWS; the stack turns each into statements on named resources. */
  readonly permissions: readonly TaskPermission[];
}

export const TASK_PERMISSIONS = [
  "database",
  "files:read",
  "files:write",
  "lake:query",
  "lake:write",
  "mail:send",
  "workflows:start",
  "workflows:answer",
  "costs:forecast",
] as const;
export type TaskPermission = (typeof TASK_PERMISSIONS)[number];

/** Buckets that definitions name. `files` is the one behind the files port. */
export const BUCKETS = ["files"] as const;
export type BucketName = (typeof BUCKETS)[number];

/**
 * How a definition names what each engine resolves in its own way: `${task:NAME}` is the ARN of a task's function, `${machine:NAME}` of
 * another state machine, `${bucket:NAME}` the name of a bucket. Nothing else differs between the engines.
 */
export type Reference = `\${task:${string}}` | `\${machine:${string}}` | `\${bucket:${BucketName}}`;
