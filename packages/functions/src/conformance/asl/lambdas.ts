import { basename } from "node:path";
import type { TaskCall, TaskOutcome } from "@commops/core/adapters/embedded/engine/effects.ts";
import type { Json } from "@commops/core/kernel";

type Code = (event: Json) => TaskOutcome;

/** How a Python function reports what it raised. */
const raised = (errorType: string, errorMessage: string, stackTrace: string): TaskOutcome => ({
  error: errorType,
  cause: JSON.stringify({
    errorMessage,
    errorType,
    requestId: "00000000-0000-4000-8000-000000000000",
    stackTrace: [stackTrace],
  }),
});

/** The functions of the cases, by the file of their code: for calls that were not recorded. */
const CODE: Readonly<Record<string, Code>> = {
  "id_function.py": (event) => ({ output: event }),
  "echo_function.py": (event) => ({ output: event }),
  "return_bytes_str.py": () => ({ output: "HelloWorld!" }),
  "raise_exception.py": () =>
    raised(
      "Exception",
      "Some exception was raised.",
      '  File "/var/task/handler.py", line 2, in handler\n    raise Exception("Some exception was raised.")\n',
    ),
  "raise_custom_exception.py": () =>
    raised("CustomException", "", '  File "/var/task/handler.py", line 9, in handler\n    raise CustomException()\n'),
};

/** What the service answers around a function's own output; what differs between calls is recorded by its name. */
const answered = (payload: Json): Json => {
  const length = String(Buffer.byteLength(JSON.stringify(payload)));
  const named = { "x-amzn-RequestId": "x-amzn-RequestId", "X-Amzn-Trace-Id": "X-Amzn-Trace-Id", Date: "date" };
  const headers = {
    Connection: "keep-alive",
    "Content-Length": length,
    "Content-Type": "application/json",
    "X-Amz-Executed-Version": "$LATEST",
    "x-amzn-Remapped-Content-Length": "0",
  };
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return {
    ExecutedVersion: "$LATEST",
    Payload: payload,
    SdkHttpMetadata: {
      AllHttpHeaders: { ...lists, ...named },
      HttpHeaders: { ...headers, ...named },
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: "RequestId" },
    StatusCode: 200,
  };
};

const isRecord = (value: Json): value is { readonly [key: string]: Json | undefined } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Calls a function of a case by the code it is made of; undefined for any other resource. */
export const lambdaOf =
  (lambdas: Readonly<Record<string, string>>) =>
  ({ resource, parameters }: TaskCall): TaskOutcome | undefined => {
    const isInvoke = resource.includes(":::lambda:invoke");
    const request = isRecord(parameters) ? parameters : {};
    const called = isInvoke ? JSON.stringify(request.FunctionName) : resource;
    const file = Object.entries(lambdas).find(([name]) => called.includes(name))?.[1];
    const code = file === undefined ? undefined : CODE[basename(file)];
    if (code === undefined) return undefined;
    if (!isInvoke) return code(parameters);
    const outcome = code(request.Payload ?? {});
    return "output" in outcome ? { output: answered(outcome.output) } : outcome;
  };
