import type { Json } from "../../src/kernel/index.ts";
import type { WorkflowsSetting } from "../workflows-contract/machines.ts";
import {
  type GivenAnswer,
  type HttpDouble,
  openHttpDouble,
  type ReceivedRequest,
  signatureFault,
} from "./http-double.ts";
import { type Bounds, refusal, serviceModel } from "./service-model.ts";
import { type Holding, type Input, MOST_BYTES, OPERATIONS, ServiceError } from "./step-functions-operations.ts";
import { ACCOUNT, REGION } from "./step-functions-runs.ts";

const MODEL = serviceModel("states-2016-11-23");
const ARN = { min: 1, max: 256 };
const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];

/** From the API reference of Step Functions. */
const BOUNDS: Bounds = {
  stateMachineArn: ARN,
  executionArn: ARN,
  name: { min: 1, max: 80 },
  input: { max: MOST_BYTES },
  output: { max: MOST_BYTES },
  taskToken: { min: 1, max: 2048 },
  error: { max: 256 },
  cause: { max: 32_768 },
  maxResults: { min: 0, max: 1000 },
  nextToken: { min: 1, max: 3096 },
  statusFilter: { oneOf: STATUSES },
};

const JSON_1_0 = { "content-type": "application/x-amz-json-1.0" };

export interface StepFunctionsDouble extends HttpDouble {
  /** ARNs of the machines by name. */
  readonly machineArns: Readonly<Record<string, string>>;
  /** Operations and their inputs, in order. */
  calls(): { readonly operation: string; readonly input: Json }[];
}

const errorAnswer = (type: string, message: string, status = 400): GivenAnswer => ({
  status,
  headers: JSON_1_0,
  body: JSON.stringify({ __type: `com.amazonaws.swf.service.v2.model#${type}`, message }),
});

/** The answers of a service that is busy or broken, or that the caller may not use. */
export const THROTTLED = errorAnswer("ThrottlingException", "Rate exceeded");
export const BROKEN = errorAnswer("InternalFailure", "The request processing has failed", 500);
export const DENIED = errorAnswer("AccessDeniedException", "User: arn:aws:sts::0:role is not authorized to do this");

const arnOf = (name: string): string => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;

const resolved = (definition: object): string =>
  JSON.stringify(definition)
    .replaceAll(/\$\{task:([\w-]+)\}/g, `arn:aws:lambda:${REGION}:${ACCOUNT}:function:$1`)
    .replaceAll(/\$\{machine:([\w-]+)\}/g, (_, name: string) => arnOf(name));

const operationOf = ({ headers }: ReceivedRequest): string =>
  (headers["x-amz-target"] ?? "").replace(/^AWSStepFunctions\./, "");

const answerOf = (held: Holding, request: ReceivedRequest): GivenAnswer => {
  const fault = signatureFault(request, "states");
  if (fault !== undefined) return errorAnswer("MissingAuthenticationToken", fault, 403);
  if (request.method !== "POST" || request.headers["content-type"] !== JSON_1_0["content-type"])
    return errorAnswer("SerializationException", "the request is no POST of application/x-amz-json-1.0");
  const operation = operationOf(request);
  const input: unknown = JSON.parse(request.body.toString());
  const refused = refusal(MODEL, operation, input, BOUNDS);
  if (refused !== undefined) return errorAnswer("ValidationException", refused);
  try {
    const output = OPERATIONS[operation]?.(held, input as Input);
    return output === undefined
      ? errorAnswer("UnknownOperationException", operation)
      : { status: 200, headers: JSON_1_0, body: JSON.stringify(output) };
  } catch (error) {
    if (error instanceof ServiceError) return errorAnswer(error.type, error.message);
    throw error;
  }
};

/**
 * Step Functions on a loopback port: speaks AWS JSON 1.0, refuses what the service refuses, and runs definitions in memory with the
 * given functions as Lambda would.
 */
export const openStepFunctions = async ({ machines, tasks }: WorkflowsSetting): Promise<StepFunctionsDouble> => {
  const definitions = new Map(Object.entries(machines).map(([name, one]) => [arnOf(name), resolved(one)]));
  const held: Holding = { definitions, executions: new Map(), tokens: new Map(), tasks };
  const double = await openHttpDouble((request) => answerOf(held, request));
  return {
    ...double,
    machineArns: Object.fromEntries(Object.keys(machines).map((name) => [name, arnOf(name)])),
    calls: () =>
      double.requests.map((request) => ({
        operation: operationOf(request),
        input: JSON.parse(request.body.toString()) as Json,
      })),
    close: async () => {
      for (const one of held.executions.values()) one.stop.abort();
      await double.close();
    },
  };
};
