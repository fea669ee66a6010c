import { Problem } from "@commops/core/kernel";
import { connect } from "./connection.ts";
import type { Connection } from "./requester.ts";

/** 0: done. 1: a finding or a failed business check. 2: bad input, or nothing could be done. */
export type ExitCode = 0 | 1 | 2;

export interface Answer {
  /** Printed as one JSON document with --json. */
  readonly json: unknown;
  /** Printed for people otherwise. */
  readonly lines: readonly string[];
  /** Printed for people on stderr, with --json too. */
  readonly warnings?: readonly string[];
  readonly exit: ExitCode;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

const describe = (error: unknown): string => {
  if (!(error instanceof Problem)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const details = error.details
    .filter((detail) => !error.message.includes(detail.reason))
    .map((detail) => `\n  ${detail.field}: ${detail.reason}`);
  return `${error.message}${details.join("")}`;
};

const failure = (error: unknown) => ({
  error: {
    code: error instanceof Problem ? error.code : "INTERNAL",
    message: error instanceof Error ? error.message : String(error),
    details: error instanceof Problem ? error.details : [],
  },
});

/** Says what went wrong to people, and with --json to programs too, and sets the exit code of bad input. */
export const fail = (error: unknown, isJson: boolean): void => {
  complain(`commops: ${describe(error)}`);
  if (isJson) say(JSON.stringify(failure(error), null, 2));
  process.exitCode = 2;
};

/** Runs a command that needs no server and sets the exit code. With --json, stdout carries one JSON document and nothing else. */
export const runLocally = async (isJson: boolean, work: () => Promise<Answer>): Promise<void> => {
  try {
    const answer = await work();
    if (isJson) say(JSON.stringify(answer.json, null, 2));
    else answer.lines.forEach(say);
    answer.warnings?.forEach((text) => complain(`commops: ${text}`));
    process.exitCode = answer.exit;
  } catch (error) {
    fail(error, isJson);
  }
};

/** Runs a command over the API, as `runLocally` does. */
export const run = (isJson: boolean, work: (connection: Connection) => Promise<Answer>): Promise<void> =>
  runLocally(isJson, async () => {
    const connection = await connect();
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  });
