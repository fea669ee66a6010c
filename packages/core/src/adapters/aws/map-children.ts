import { type ExecutionListItem, ListExecutionsCommand, ListMapRunsCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { invalid } from "../../kernel/index.ts";
import type { ExecutionStatus, PageOf } from "../../ports/index.ts";

/** The most Map runs that the service names at once; a machine of ours makes a few. */
const MOST_RUNS = 1000;

interface Page {
  readonly status?: ExecutionStatus | undefined;
  readonly size: number;
  readonly token?: string | undefined;
}

/** Where a list that goes through several Map runs is: which run, and the service's own token within it. */
const placeIn = (token: string | undefined): { readonly run: number; readonly within: string | undefined } => {
  if (token === undefined) return { run: 0, within: undefined };
  const [, run, within] = /^(\d{1,4}):(.*)$/s.exec(token) ?? [];
  if (run === undefined) throw invalid("token", "is no page token. Leave it out to begin at the start.");
  return { run: Number(run), within: within === "" ? undefined : within };
};

/** Executions that the Map runs of an execution made, run after run; a page ends where its run does. */
export const childrenPage = async (
  client: SFNClient,
  executionArn: string,
  { status, size, token }: Page,
): Promise<PageOf<ExecutionListItem>> => {
  const { run, within } = placeIn(token);
  const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn, maxResults: MOST_RUNS }));
  const mapRunArn = mapRuns[run]?.mapRunArn;
  if (mapRunArn === undefined) return { rows: [], nextToken: undefined };
  const request = { mapRunArn, statusFilter: status, maxResults: size, nextToken: within };
  const { executions = [], nextToken } = await client.send(new ListExecutionsCommand(request));
  if (nextToken !== undefined) return { rows: executions, nextToken: `${run}:${nextToken}` };
  return { rows: executions, nextToken: run + 1 < mapRuns.length ? `${run + 1}:` : undefined };
};
