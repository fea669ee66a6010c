import { z } from "zod";
import type { Json } from "@commops/core/kernel";

const json = z.custom<Json>((value) => value !== undefined);
const nothing = z.string().nullish();

const recordedTask = z.object({
  state: z.string(),
  event: z.string(),
  params: json.optional(),
  output: json.optional(),
  error: nothing,
  cause: nothing,
});

const common = {
  name: z.string(),
  validatedOnAws: nothing,
  definition: json,
  input: json,
  /** Pairs of a pattern and what stands for it in the recording. */
  normalize: z.array(z.tuple([z.string(), z.string()])).default([]),
  /** Texts of the recording that stand for anything. */
  tokens: z.array(z.string()).default([]),
  /** Function names and the files of their code. */
  lambdas: z.record(z.string(), z.string()).default({}),
  status: z.string(),
  expectedOutput: json.optional(),
  expectedError: nothing,
  expectedCause: nothing,
};

/** An execution as it was recorded. */
const executionCase = z.object({
  ...common,
  kind: z.literal("execution"),
  type: z.enum(["STANDARD", "EXPRESS"]),
  mocks: z.array(recordedTask).default([]),
  s3: z.record(z.string(), z.string()).default({}),
  eventTypes: z.array(z.string()).optional(),
});

/** One state tested alone with the TestState API. */
const stateCase = z.object({
  ...common,
  kind: z.literal("teststate"),
  args: z.object({
    stateName: z.string().optional(),
    inspectionLevel: z.enum(["INFO", "DEBUG", "TRACE"]).default("INFO"),
    /** JSON text. */
    context: z.string().optional(),
    /** JSON text. */
    variables: z.string().default("{}"),
    mock: z
      .object({
        /** JSON text. */
        result: z.string().optional(),
        errorOutput: z.object({ error: nothing, cause: nothing }).optional(),
      })
      .optional(),
    stateConfiguration: z
      .object({
        retrierRetryCount: z.number().default(0),
        mapIterationFailureCount: z.number().default(0),
        /** JSON text. */
        mapItemReaderData: z.string().default("[]"),
      })
      .prefault({}),
  }),
  expectedNextState: nothing,
  expectedInspectionData: json.optional(),
});

export const aslCase = z.discriminatedUnion("kind", [executionCase, stateCase]);

export type RecordedTask = z.output<typeof recordedTask>;
export type ExecutionCase = z.output<typeof executionCase>;
export type StateCase = z.output<typeof stateCase>;
export type AslCase = z.output<typeof aslCase>;
