import { parseMachine } from "@commops/core/adapters/embedded/engine/definition.ts";
import type {
  Effects,
  ObjectStore,
  TaskCall,
  TaskOutcome,
  TaskRunner,
  Timer,
} from "@commops/core/adapters/embedded/engine/effects.ts";
import { execute, identityOf } from "@commops/core/adapters/embedded/engine/execute.ts";
import type { ExecutionResult } from "@commops/core/adapters/embedded/engine/run.ts";
import { Aborted } from "@commops/core/adapters/embedded/engine/failure.ts";
import { memoryJournal } from "@commops/core/adapters/embedded/engine/memory-journal.ts";
import { exists, type Json, missing, Problem, unreachable } from "@commops/core/kernel";
import type { Mail, Workflows } from "@commops/core/ports";
import { systemActor, type World } from "@commops/core/record";
import type { TestClock } from "@commops/core/testing/actors.ts";
import { ALREADY_STARTED, MACHINES, type MachineName } from "@commops/core/workflows";
import { z } from "zod";
import { effectHandlers } from "../src/effect-handlers.ts";
import { dispatchEffects, type EffectContext } from "../src/effects.ts";
import { performTask, taskFailure } from "../src/tasks.ts";

const lambda = z.object({ FunctionName: z.templateLiteral(["${task:", z.string(), "}"]), Payload: z.json() });
const started = z.object({
  StateMachineArn: z.templateLiteral(["${machine:", z.string(), "}"]),
  Name: z.string(),
  Input: z.json(),
});
const named = (reference: string): string => reference.replace(/^\$\{\w+:|\}$/g, "");

/** An execution in the test's own process. */
export interface TestExecution {
  readonly machine: string;
  readonly name: string;
  readonly input: Json;
  ended: ExecutionResult | undefined;
  readonly done: Promise<ExecutionResult>;
}

/** Time that moves when the test says so. */
const handTimer = (clock: TestClock): Timer & { wake(): void } => {
  const sleepers = new Set<{ at: number; wake: () => void }>();
  return {
    now: () => clock.now().getTime(),
    sleepUntil: (at, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at, wake: resolve };
        sleepers.add(sleeper);
        signal.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(new Aborted());
        });
      }),
    wake: () => {
      for (const sleeper of sleepers)
        if (sleeper.at <= clock.now().getTime()) {
          sleepers.delete(sleeper);
          sleeper.wake();
        }
    },
  };
};

const objectsOf = ({ files }: World): ObjectStore => ({
  read: (_bucket, key) => files.get(key),
  list: async (_bucket, prefix) => (await files.list(prefix)).map((Key) => ({ Key })),
  write: (_bucket, key, content) => files.replace(key, new TextEncoder().encode(content)),
});

/** Tokens that wait for their answer. */
const tokenDesk = () => {
  const waiting = new Map<string, (outcome: TaskOutcome) => void>();
  return {
    size: () => waiting.size,
    wait: (token: string, signal: AbortSignal): Promise<TaskOutcome> =>
      new Promise((resolve) => {
        waiting.set(token, resolve);
        signal.addEventListener("abort", () => waiting.delete(token));
      }),
    /** Throws as the port promises where nobody waits. */
    answer: (token: string, outcome: TaskOutcome): void => {
      const resolve = waiting.get(token);
      if (!resolve) throw new Problem("precondition", "TASK_TIMED_OUT", "the task has ended");
      waiting.delete(token);
      resolve(outcome);
    },
  };
};
type TokenDesk = ReturnType<typeof tokenDesk>;

/** A task that is made to fail, once for each entry. */
interface Fault {
  readonly task: string;
  readonly problem: Problem;
}

interface Watched {
  readonly calls: string[];
  readonly faults: Fault[];
}

/** Does one thing after the other. */
const inLine = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
};
type Alone = ReturnType<typeof inLine>;

/** Told of each task with what it answered, and able to do it once more; nothing else of the house goes on meanwhile. */
export type Repeat = (task: string, output: Json, again: () => Promise<Json>) => Promise<void>;

/** Does the real tasks, and starts executions of the house. */
const realTasks = (
  context: EffectContext,
  desk: TokenDesk,
  { calls, faults }: Watched,
  { repeat, alone }: { readonly repeat: Repeat | undefined; readonly alone: Alone },
): TaskRunner => {
  const perform = async (parameters: Json): Promise<TaskOutcome> => {
    const { FunctionName, Payload } = lambda.parse(parameters);
    const name = named(FunctionName);
    calls.push(name);
    const fault = faults.findIndex((one) => one.task === name);
    try {
      if (fault >= 0) throw faults.splice(fault, 1)[0]?.problem ?? new Error("no fault");
      const output = await performTask(name, context, Payload);
      await repeat?.(name, output, () => performTask(name, context, Payload));
      return { output: { Payload: output } };
    } catch (error) {
      return taskFailure(error);
    }
  };
  const startChild = async (parameters: Json): Promise<TaskOutcome> => {
    const { StateMachineArn, Name: name, Input: input } = started.parse(parameters);
    try {
      await context.call.world.workflows.start({ machine: named(StateMachineArn), name, input });
      return { output: {} };
    } catch (error) {
      if (error instanceof Problem && error.kind === "exists") return { error: ALREADY_STARTED, cause: error.message };
      return taskFailure(error);
    }
  };
  return {
    invoke: (call: TaskCall) =>
      call.resource.includes(":startExecution")
        ? startChild(call.parameters)
        : repeat
          ? alone(() => perform(call.parameters))
          : perform(call.parameters),
    answer: ({ token }, _onHeartbeat, signal) => desk.wait(token ?? "", signal),
  };
};

const isMachine = (name: string): name is MachineName => Object.hasOwn(MACHINES, name);

/** Runs executions in memory, each by its machine and name once. */
const executionsOf = (effects: Omit<Effects, "journal">) => {
  const all: TestExecution[] = [];
  const find = (machine: string, name: string): TestExecution | undefined =>
    all.find((one) => one.machine === machine && one.name === name);
  const begin = (machine: string, name: string, input: Json): TestExecution => {
    if (!isMachine(machine)) throw missing("state machine", machine);
    if (find(machine, name)) throw exists(`execution ${name} of ${machine} is there`);
    const names = { region: "local", account: "000000000000", machineName: machine, executionName: name };
    const done = execute({
      machine: parseMachine(MACHINES[machine].definition),
      input,
      identity: identityOf({ ...names, roleArn: "role", type: "STANDARD" }),
      effects: { ...effects, journal: memoryJournal() },
      seed: `${machine}/${name}`,
    });
    const execution: TestExecution = { machine, name, input, ended: undefined, done };
    done.then(
      (ended) => {
        execution.ended = ended;
      },
      // Whoever waits for the end is told.
      () => {},
    );
    all.push(execution);
    return execution;
  };
  return { all, find, begin };
};

/** Waits for something that comes by itself. */
const until = async (isSo: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  const end = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** State machines with the real tasks on a test world: every execution runs in memory, on a clock that the test moves. */
export const machineHouse = (world: World & { readonly clock: TestClock }, repeat?: Repeat) => {
  const timer = handTimer(world.clock);
  const desk = tokenDesk();
  const mails: Mail[] = [];
  const watched: Watched = { calls: [], faults: [] };
  const alone = inLine();
  const workflows: Workflows = {
    ...world.workflows,
    start: async ({ machine, name, input }) => {
      executions.begin(machine, name, input);
      return { executionArn: `${machine}:${name}`, startedAt: world.clock.now() };
    },
    succeed: async (token, output) => desk.answer(token, { output }),
  };
  const context: EffectContext = {
    call: { world: { ...world, workflows }, actor: systemActor("workflows"), traceId: "test" },
    mailer: { send: async (mail) => void mails.push(mail) },
    publicUrl: "http://commops.example",
  };
  const executions = executionsOf({
    tasks: realTasks(context, desk, watched, { repeat, alone }),
    timer,
    objects: objectsOf(world),
  });
  const moveTo = (instant: string): void => {
    world.clock.set(instant);
    timer.wake();
  };
  /** Does what the outbox has to do, until nothing is due. */
  const effects = async (): Promise<void> => {
    while ((await alone(() => dispatchEffects(context, effectHandlers))).done > 0);
  };
  return {
    ...watched,
    context,
    world: context.call.world,
    workflows,
    executions: executions.all,
    mails,
    /** How many executions wait for an answer. */
    waiting: desk.size,
    until,
    /** Starts a machine and waits for its end. */
    run: (machine: MachineName, name: string, input: Json = {}): Promise<ExecutionResult> =>
      executions.begin(machine, name, input).done,
    start: (machine: MachineName, name: string, input: Json = {}): TestExecution =>
      executions.begin(machine, name, input),
    find: (machine: MachineName, name: string) => executions.find(machine, name),
    effects,
    /** Does something of the test's own while no task of a house that repeats them goes on. */
    alone,
    /** Moves the clock, and wakes what slept until then. */
    moveTo,
    /** Waits for the end of an execution whose work is to be done by now, while seconds pass and the outbox works. */
    finish: async (machine: MachineName, name: string): Promise<ExecutionResult> => {
      await until(async () => {
        await effects();
        moveTo(new Date(world.clock.now().getTime() + 10_000).toISOString());
        return executions.find(machine, name)?.ended !== undefined;
      }, `the end of ${machine} ${name}`);
      return executions.find(machine, name)?.ended ?? unreachable(`${machine} ${name} has not ended`);
    },
  };
};
export type MachineHouse = ReturnType<typeof machineHouse>;
