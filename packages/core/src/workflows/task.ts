/** What the stack gives a task's function, and both engines hold it to. Retries are for transient errors only. */
export interface TaskTraits {
  /** One sentence: what it does. */
  readonly does: string;
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
] as const;
export type TaskPermission = (typeof TASK_PERMISSIONS)[number];

/**
 * How a definition names what each engine resolves in its own way: `${task:NAME}` is the ARN of a task's function, `${machine:NAME}` of
 * another state machine, `${bucket:NAME}` the name of a bucket. Nothing else differs between the engines.
 */
export type Reference = `\${task:${string}}` | `\${machine:${string}}` | `\${bucket:${string}}`;
