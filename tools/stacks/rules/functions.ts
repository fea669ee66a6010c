import { type TaskPermission, TASKS, type TaskTraits } from "@commops/core/workflows";
import { readAwsSettings } from "../../../packages/functions/src/runtime/aws-settings.ts";
import type { Bundle, Evaluation, Resource } from "../evaluate/evaluation.ts";
import { type Statement, statementsOf } from "./policy.ts";
import { type Rule, at, changed, isRecord, ofType, text } from "./rule.ts";

const FUNCTION = "aws:lambda/function:Function";
const ROLE = "aws:iam/role:Role";

const variablesOf = ({ inputs }: Resource): Readonly<Record<string, unknown>> => {
  const variables = at(inputs, "environment", "variables");
  return isRecord(variables) ? variables : {};
};

export const taskFunction = (found: Evaluation, task: string): readonly Resource[] =>
  ofType(found, FUNCTION).filter((made) => variablesOf(made)["COMMOPS_TASK"] === task);

const roleOf = (found: Evaluation, made: Resource): Resource | undefined =>
  ofType(found, ROLE).find(({ state }) => state["arn"] === made.inputs["role"]);

export const roleStatements = (role: Resource | undefined): Statement[] => {
  const inline = role?.inputs["inlinePolicies"];
  return (Array.isArray(inline) ? inline : []).flatMap((one: unknown) => statementsOf(at(one, "policy")));
};

const tasks = Object.entries<TaskTraits>(TASKS);

/** An action that only a permission brings; whoever has it must declare it, and who declares it must have it. */
const MARKS: Readonly<Record<Exclude<TaskPermission, "database">, string>> = {
  "files:read": "s3:GetObject",
  "files:write": "s3:PutObject",
  "lake:query": "athena:StartQueryExecution",
  "lake:write": "glue:CreateTable",
  "mail:send": "ses:SendEmail",
  "workflows:start": "states:StartExecution",
  "workflows:answer": "states:SendTaskSuccess",
  "costs:forecast": "ce:GetCostForecast",
};

/** Permissions that bring another one's mark with them. */
const INCLUDES: Readonly<Partial<Record<TaskPermission, readonly TaskPermission[]>>> = {
  "files:write": ["files:read"],
  "lake:query": ["files:read", "files:write"],
  "lake:write": ["files:write"],
};

const permissionFaults = (name: string, { permissions }: TaskTraits, statements: readonly Statement[]): string[] => {
  const actions = new Set(statements.flatMap((statement) => statement.actions));
  const declared = new Set(permissions.flatMap((permission) => [permission, ...(INCLUDES[permission] ?? [])]));
  return Object.entries(MARKS).flatMap(([permission, mark]) => {
    const may = actions.has(mark);
    const says = declared.has(permission as TaskPermission);
    if (may === says) return [];
    return [`${name} ${may ? "may" : "may not"} ${mark}, but ${says ? "declares" : "does not declare"} ${permission}`];
  });
};

const MOST_SECONDS = 900;
const API_SECONDS = 30;
const MOST_MEMORY = 3008;

const everyFunction = (
  name: string,
  fault: (inputs: Resource["inputs"]) => string | undefined,
  breaks: Rule["breaks"],
): Rule => ({
  name,
  check: (found) =>
    ofType(found, FUNCTION).flatMap((made) => {
      const what = fault(made.inputs);
      return what === undefined ? [] : [`${made.name} ${what}`];
    }),
  breaks,
});

const set = (input: string, value: unknown) => changed(FUNCTION, (inputs) => ({ ...inputs, [input]: value }));

const shapeRules: readonly Rule[] = [
  everyFunction(
    "functions run on arm64 and Node 24",
    ({ architectures, runtime }) =>
      at(architectures, 0) === "arm64" && runtime === "nodejs24.x" ? undefined : "runs on something else",
    { "on x86": set("architectures", ["x86_64"]) },
  ),
  everyFunction(
    "functions stand in private subnets, in a group of ours",
    ({ vpcConfig }) => {
      const subnets = at(vpcConfig, "subnetIds");
      const isPrivate =
        Array.isArray(subnets) && subnets.length === 2 && subnets.every((id) => String(id).includes("Private"));
      return isPrivate && /Network(Inside|Outward)Group/.test(String(at(vpcConfig, "securityGroupIds", 0)))
        ? undefined
        : "stands elsewhere";
    },
    { "in no network": set("vpcConfig", undefined) },
  ),
  everyFunction(
    "functions are traced, and their settings encrypted by our key",
    ({ tracingConfig, kmsKeyArn }) =>
      at(tracingConfig, "mode") === "Active" && String(kmsKeyArn).startsWith("arn:aws:kms:") ? undefined : "is not",
    { "settings under the key of AWS": set("kmsKeyArn", undefined), untraced: set("tracingConfig", undefined) },
  ),
  everyFunction(
    "functions have a budget of time and memory: 15 minutes, the API 30 seconds, 3 GB",
    (inputs) => {
      const limit = text(inputs, "name").endsWith("-api") ? API_SECONDS : MOST_SECONDS;
      return Number(inputs["timeout"]) <= limit && Number(inputs["memorySize"]) <= MOST_MEMORY
        ? undefined
        : "takes more";
    },
    { "ten gigabytes": set("memorySize", 10_240), "for ever": set("timeout", 3600) },
  ),
  everyFunction(
    "functions log in JSON into their own group",
    ({ loggingConfig }) =>
      at(loggingConfig, "logFormat") === "JSON" && String(at(loggingConfig, "logGroup")) !== "undefined"
        ? undefined
        : "does not",
    { "as plain text": set("loggingConfig", { logFormat: "Text" }) },
  ),
];

const withBundle =
  (odd: Partial<Bundle>) =>
  (found: Evaluation): Evaluation => {
    const bundle: Bundle = { handler: "odd.handler", folder: "", entry: "", bytes: 1, files: [], external: [], ...odd };
    return { ...found, bundles: [...found.bundles, bundle] };
  };

export const functionRules: readonly Rule[] = [
  ...shapeRules,
  {
    name: "every task has exactly one function, with its time and memory",
    check: (found) =>
      tasks.flatMap(([name, { timeoutSeconds, memoryMb }]) => {
        const made = taskFunction(found, name);
        if (made.length !== 1) return [`task ${name} has ${made.length} functions`];
        const inputs = made[0]?.inputs ?? {};
        return inputs["timeout"] === timeoutSeconds && inputs["memorySize"] === memoryMb
          ? []
          : [`task ${name} has other limits`];
      }),
    breaks: {
      "a task without one": changed(FUNCTION, (inputs) => ({ ...inputs, environment: {} }), "TaskClaimRunFunction"),
      "less time": changed(FUNCTION, (inputs) => ({ ...inputs, timeout: 1 }), "TaskClaimRunFunction"),
    },
  },
  {
    name: "every function has a role of its own",
    check: (found) => {
      const made = ofType(found, FUNCTION);
      const roles = new Map<unknown, string>();
      return made.flatMap((one) => {
        const other = roles.get(one.inputs["role"]);
        roles.set(one.inputs["role"], one.name);
        if (roleOf(found, one) === undefined) return [`${one.name} has no role of this stage`];
        return other === undefined ? [] : [`${one.name} and ${other} share a role`];
      });
    },
    breaks: {
      "one role for two": (found) => {
        const role = ofType(found, FUNCTION).find(({ name }) => name === "ApiHandlerFunction")?.inputs["role"];
        return changed(FUNCTION, (inputs) => ({ ...inputs, role }), "TaskClaimRunFunction")(found);
      },
    },
  },
  {
    name: "a task's role has what the task declares, and nothing that it does not",
    check: (found) =>
      tasks.flatMap(([name, traits]) =>
        taskFunction(found, name).flatMap((made) =>
          permissionFaults(name, traits, roleStatements(roleOf(found, made))),
        ),
      ),
    breaks: {
      "nothing at all": changed(ROLE, (inputs) => ({ ...inputs, inlinePolicies: [] }), "TaskMailInvoiceRole"),
      "the API's": (found) => {
        const api = ofType(found, ROLE).find(({ name }) => name === "ApiHandlerRole");
        const inlinePolicies = api?.inputs["inlinePolicies"];
        return changed(ROLE, (inputs) => ({ ...inputs, inlinePolicies }), "TaskClaimRunRole")(found);
      },
    },
  },
  {
    name: "every function gets the settings that the product reads at its start",
    check: (found) =>
      ofType(found, FUNCTION)
        .filter(({ name }) => name !== "MigrateFunction")
        .flatMap((made) => {
          try {
            readAwsSettings(variablesOf(made) as Readonly<Record<string, string>>);
            return [];
          } catch (error) {
            return [`${made.name}: ${error instanceof Error ? error.message : String(error)}`];
          }
        }),
    breaks: {
      "none at all": changed(FUNCTION, (inputs) => ({ ...inputs, environment: {} }), "ApiHandlerFunction"),
      "a short secret": changed(
        FUNCTION,
        ({ environment, ...rest }) => ({
          ...rest,
          environment: { variables: { ...(at(environment, "variables") as object), COMMOPS_LINK_SECRET: "short" } },
        }),
        "ApiHandlerFunction",
      ),
    },
  },
  {
    name: "only who migrates logs in as the owner of the tables",
    check: (found) =>
      ofType(found, FUNCTION)
        .filter(
          (made) => /commops_owner/.test(text(variablesOf(made), "DATABASE_URL")) !== (made.name === "MigrateFunction"),
        )
        .map(({ name }) => `${name} logs in as ${name === "MigrateFunction" ? "somebody else" : "the owner"}`),
    breaks: {
      "a task as the owner": changed(
        FUNCTION,
        (inputs) => ({
          ...inputs,
          environment: {
            variables: { DATABASE_URL: "postgres://commops_owner:x@h/commops", COMMOPS_TASK: "claim-run" },
          },
        }),
        "TaskClaimRunFunction",
      ),
    },
  },
  {
    name: "every handler that a function names is there",
    check: (found) => found.missingHandlers.map((handler) => `${handler} has no file`),
    breaks: { "a handler without a file": (found) => ({ ...found, missingHandlers: ["nowhere.handler"] }) },
  },
  {
    name: "no bundle has a native module, and none leaves a package out",
    check: (found) =>
      found.bundles.flatMap(({ handler, files, external, bytes }) => [
        ...files
          .filter((file) => file.endsWith(".node") || /@duckdb|pglite/.test(file))
          .map((file) => `${handler} takes in ${file}`),
        ...external.map((name) => `${handler} leaves out ${name}, which the runtime does not have`),
        ...(bytes > 20_000_000 ? [`${handler} has ${bytes} bytes`] : []),
      ]),
    breaks: {
      "the embedded lake": withBundle({ external: ["@duckdb/node-api"] }),
      "a binary": withBundle({ files: ["node_modules/x/build/x.node"] }),
      "fifty megabytes": withBundle({ bytes: 50_000_000 }),
    },
  },
];
