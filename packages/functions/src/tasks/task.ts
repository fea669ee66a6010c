import { type Json, Problem } from "@commops/core/kernel";
import type { z } from "zod";
import type { EffectContext } from "../effects.ts";

/** What a task is given beside its input. */
export type TaskContext = EffectContext;

/** One task: input and output are small, and checked by its schemas. It is safe to repeat, by what it is about. */
export interface Task {
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  /** Throws an invalid Problem on an input that its schema refuses, and what its work throws. */
  perform(context: TaskContext, input: unknown): Promise<Json>;
}

/** A task from its schemas and its work. */
export const task = <I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  work: (context: TaskContext, input: z.output<I>) => Promise<z.input<O>>,
): Task => ({
  input,
  output,
  perform: async (context, payload) => {
    const parsed = input.safeParse(payload);
    if (!parsed.success) {
      const details = parsed.error.issues.map((issue) => ({
        field: issue.path.map(String).join(".") || "input",
        reason: issue.message,
      }));
      throw new Problem("invalid", "INVALID_ARGUMENT", `${details[0]?.field}: ${details[0]?.reason}`, { details });
    }
    return output.parse(await work(context, parsed.data)) as Json;
  },
});
