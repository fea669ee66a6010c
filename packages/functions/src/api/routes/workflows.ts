import { getRun, listRuns, retryRun } from "@commops/core/record";
import { childList, eventList, execution, executionDetail, executionList, machineList } from "../answers/executions.ts";
import { run, runList } from "../answers/records.ts";
import {
  abortExecution,
  executionHistory,
  getExecution,
  listChildren,
  listExecutions,
  listMachines,
  redriveExecution,
  retryExecution,
  startExecution,
} from "../executions/index.ts";
import { again, on, routes } from "../route.ts";

/** What an execution carries tells of every tenant. */
const isOperatorsOnly = true;

export const workflowRoutes = routes({
  "GET /workflows": on(listRuns, "Runs, newest first", { answer: runList }),
  "GET /workflows/{run_id}": on(getRun, "A run: running, succeeded with its result, or failed with its reason", {
    answer: run,
  }),
  "POST /workflows/{run_id}:retry": again(retryRun, "Does a failed run again"),
  "GET /workflows/machines": on(listMachines, "State machines that there are", {
    answer: machineList,
    isOperatorsOnly,
  }),
  "GET /workflows/executions": on(listExecutions, "Executions of state machines, newest first", {
    answer: executionList,
    isOperatorsOnly,
  }),
  "POST /workflows/executions": on(startExecution, "Starts a state machine by hand", {
    status: 201,
    answer: execution,
    isOperatorsOnly,
  }),
  "GET /workflows/executions/{execution_id}": on(
    getExecution,
    "An execution with its definition, how every state stands and the path it took",
    { answer: executionDetail, isOperatorsOnly },
  ),
  "GET /workflows/executions/{execution_id}/history": on(executionHistory, "Events of an execution", {
    answer: eventList,
    isOperatorsOnly,
  }),
  "GET /workflows/executions/{execution_id}/children": on(
    listChildren,
    "The items of its distributed Maps, each an execution with a history of its own",
    { answer: childList, isOperatorsOnly },
  ),
  "POST /workflows/executions/{execution_id}:retry": on(
    retryExecution,
    "Starts an ended execution again from its beginning, as a new one",
    { status: 201, answer: execution, isOperatorsOnly },
  ),
  "POST /workflows/executions/{execution_id}:redrive": on(
    redriveExecution,
    "Goes on with a failed execution from the state that failed",
    { answer: execution, isOperatorsOnly },
  ),
  "POST /workflows/executions/{execution_id}:abort": on(abortExecution, "Stops a running execution, with a reason", {
    answer: execution,
    isOperatorsOnly,
  }),
});
