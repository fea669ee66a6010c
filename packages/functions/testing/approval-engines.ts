import { openWorkflows as openStepFunctionsPort } from "@commops/core/adapters/aws/workflows.ts";
import { openWorkflows } from "@commops/core/adapters/embedded/workflows.ts";
import { type Json, Problem, unreachable } from "@commops/core/kernel";
import type { Mail, Workflows } from "@commops/core/ports";
import { systemActor, type World } from "@commops/core/record";
import { stepFunctionsClient } from "@commops/core/testing/aws/step-functions-client.ts";
import { openStepFunctions, THROTTLED } from "@commops/core/testing/aws/step-functions.ts";
import { MACHINES } from "@commops/core/workflows";
import { taskFunctions } from "../src/embedded/machines.ts";
import type { EffectContext } from "../src/effects.ts";
import { performTask, taskFailure, tasks } from "../src/tasks.ts";

/** An engine that runs `invoice-approval` with the real tasks, and can be made unreachable. */
export interface ApprovalEngine {
  readonly context: EffectContext;
  readonly mails: readonly Mail[];
  /** The next answers do not reach the engine. */
  loseAnswers(times: number): void;
  /** The next answer reaches the engine; that it did is not heard. */
  loseReply(): void;
  close(): Promise<void>;
}

export type OpenApprovalEngine = (world: World) => Promise<ApprovalEngine>;

const machines = { "invoice-approval": MACHINES["invoice-approval"].definition };

const contextOf = (world: World, workflows: Workflows, mails: Mail[]): EffectContext => ({
  call: { world: { ...world, workflows }, actor: systemActor("workflows"), traceId: "test" },
  mailer: { send: async (mail) => void mails.push(mail) },
  publicUrl: "http://commops.example",
});

/** The durable engine on the world's own database, a few milliseconds from each answer to what comes of it. */
export const embeddedEngine: OpenApprovalEngine = async (world) => {
  const { database, files } = world;
  const engine = openWorkflows({ database, files, machines, isAlone: true, runner: { pollMs: 20 } });
  let [lost, unheard] = [0, false];
  const away = (): never => {
    throw new Problem("transient", "UNAVAILABLE", "the engine is away");
  };
  const workflows: Workflows = {
    ...engine,
    succeed: async (token, output) => {
      if (lost > 0) {
        lost -= 1;
        away();
      }
      await engine.succeed(token, output);
      if (!unheard) return;
      unheard = false;
      away();
    },
  };
  const mails: Mail[] = [];
  const context = contextOf(world, workflows, mails);
  engine.run(taskFunctions(context, unreachableError), unreachableError);
  return {
    context,
    mails,
    loseAnswers: (times) => void (lost = times),
    loseReply: () => void (unheard = true),
    close: () => engine.close(),
  };
};

const unreachableError = (what: string, error: unknown): never => unreachable(`${what}: ${String(error)}`);

/** How often the client asks before it gives up. */
const TRIES = 3;

/** Step Functions behind its protocol. */
export const stepFunctionsEngine: OpenApprovalEngine = async (world) => {
  const perform = async (name: string, payload: Json): Promise<Json> => {
    try {
      return await performTask(name, context, payload);
    } catch (error) {
      const { error: errorName, cause } = taskFailure(error);
      throw Object.assign(new Error(cause), { name: errorName });
    }
  };
  const functions = Object.keys(tasks).map((name) => [name, (payload: Json) => perform(name, payload)] as const);
  const double = await openStepFunctions({ machines, tasks: Object.fromEntries(functions) });
  const client = stepFunctionsClient(double.endpoint);
  const mails: Mail[] = [];
  const context = contextOf(world, openStepFunctionsPort(client, double.machineArns), mails);
  return {
    context,
    mails,
    loseAnswers: (times) => double.disturb(times * TRIES, THROTTLED),
    loseReply: () => double.disturb(1, "cut short"),
    close: async () => {
      client.destroy();
      await double.close();
    },
  };
};
