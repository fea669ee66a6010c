import { ListExecutionsCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  BROKEN,
  DENIED,
  openStepFunctions,
  type StepFunctionsDouble,
  THROTTLED,
} from "../../../testing/aws/step-functions.ts";
import { SECRET, stepFunctionsClient } from "../../../testing/aws/step-functions-client.ts";
import { contractSetting } from "../../../testing/workflows-contract/machines.ts";
import { workflowsContract } from "../../../testing/workflows-contract.ts";
import type { Workflows } from "../../ports/index.ts";
import { openWorkflows } from "./workflows.ts";

describe("the contract", () => {
  workflowsContract(async (setting) => {
    const double = await openStepFunctions(setting);
    const client = stepFunctionsClient(double.endpoint);
    return {
      workflows: openWorkflows(client, double.machineArns),
      close: async () => {
        client.destroy();
        await double.close();
      },
    };
  });
});

describe("what is particular to the service", () => {
  let double: StepFunctionsDouble;
  let client: SFNClient;
  let workflows: Workflows;
  beforeAll(async () => {
    const around = {
      StartAt: "Count",
      States: {
        Count: { Type: "Pass", Parameters: { "n.$": "States.MathAdd($.n, 1)" }, Next: "Enough" },
        Enough: {
          Type: "Choice",
          Choices: [{ Variable: "$.n", NumericGreaterThan: 400, Next: "Done" }],
          Default: "Count",
        },
        Done: { Type: "Succeed" },
      },
    };
    const { machines, tasks } = contractSetting();
    double = await openStepFunctions({ machines: { ...machines, around }, tasks });
    client = stepFunctionsClient(double.endpoint);
    const { idle: _, ...known } = double.machineArns;
    workflows = openWorkflows(client, known);
  });
  afterAll(async () => {
    client.destroy();
    await double.close();
  });

  const ended = async (executionArn: string): Promise<void> => {
    while ((await workflows.describe(executionArn)).status === "RUNNING")
      await new Promise((resolve) => setTimeout(resolve, 10));
  };

  test("a history of more than a thousand events has its states on every page, both ways", async () => {
    const { executionArn } = await workflows.start({ machine: "around", name: "long", input: { n: 0 } });
    await ended(executionArn);
    const [newest] = (await workflows.history(executionArn, { size: 1, newestFirst: true })).rows;
    expect(newest?.id).toBeGreaterThan(1600);
    const page = await workflows.history(executionArn, { size: 3, token: "1200" });
    expect(page.rows.map(({ id }) => id)).toEqual([1201, 1202, 1203]);
    expect(page.rows.every(({ state }) => state === "Count" || state === "Enough")).toBe(true);
    const before = await workflows.history(executionArn, { size: 2, token: "1204", newestFirst: true });
    expect(before.rows).toEqual([page.rows[2], page.rows[1]]);
  });

  test("a service that is busy or broken for a moment is asked again, and nobody notices", async () => {
    double.disturb(1, THROTTLED);
    double.disturb(1, BROKEN);
    expect((await workflows.list({ machine: "doubling", size: 1 })).rows).toEqual([]);
  });

  test.each([
    ["busy", THROTTLED],
    ["broken", BROKEN],
    ["cutting connections", "hang up" as const],
  ])("a service that stays %s is a transient Problem", async (_, disturbance) => {
    double.disturb(3, disturbance);
    await expect(workflows.heartbeat("none")).rejects.toMatchObject({ kind: "transient" });
    await expect(workflows.heartbeat("none")).rejects.toMatchObject({ kind: "invalid" });
  });

  test("a service that cannot be reached is a transient Problem", async () => {
    const nobody = stepFunctionsClient("http://127.0.0.1:1");
    const unreachable = openWorkflows(nobody, double.machineArns).heartbeat("token");
    await expect(unreachable).rejects.toMatchObject({ kind: "transient" });
    nobody.destroy();
  });

  test("refused rights are an internal Problem that says what to do, and tells no secret and no token", async () => {
    double.disturb(1, DENIED);
    const error: unknown = await workflows.heartbeat("the-task-token").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: "internal", code: "AWS_ACCESS_DENIED" });
    expect((error as Error).message).toContain("Grant the action");
    for (const secret of ["the-task-token", SECRET]) {
      expect((error as Error).message).not.toContain(secret);
      expect(JSON.stringify(error)).not.toContain(secret);
    }
  });

  test("an execution of another machine of the account is not there", async () => {
    const every = openWorkflows(client, double.machineArns);
    const { executionArn } = await every.start({ machine: "idle", name: "foreign", input: {} });
    const foreign = [
      workflows.describe(executionArn),
      workflows.history(executionArn, { size: 1 }),
      workflows.stop(executionArn, { error: "", cause: "" }),
      workflows.redrive(executionArn),
    ];
    for (const asked of foreign) await expect(asked).rejects.toMatchObject({ kind: "missing" });
  });

  test("the longest error and cause that the service takes are sent of longer ones", async () => {
    const { executionArn } = await workflows.start({
      machine: "asking",
      name: "long-reason",
      input: { question: "long" },
    });
    await workflows.stop(executionArn, { error: "e".repeat(300), cause: "c".repeat(40_000) });
    const { error, cause } = await workflows.describe(executionArn);
    expect([error?.length, cause?.length]).toEqual([256, 32_768]);
  });

  test("the stand-in of the service refuses what the service refuses: no signature, unknown members, missing ones, bounds", async () => {
    const unsigned = await fetch(double.endpoint, { method: "POST", body: "{}" });
    expect(unsigned.status).toBe(403);
    const stateMachineArn = double.machineArns["doubling"];
    const refused = { name: "ValidationException" };
    const long = new StartExecutionCommand({ stateMachineArn, name: "x".repeat(81) });
    await expect(client.send(long)).rejects.toMatchObject(refused);
    await expect(client.send(new StartExecutionCommand({ stateMachineArn: undefined }))).rejects.toMatchObject(refused);
    const filter = new ListExecutionsCommand({ stateMachineArn, statusFilter: "DONE" as "FAILED" });
    await expect(client.send(filter)).rejects.toMatchObject(refused);
  });
});
