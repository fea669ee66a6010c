import { writeFile } from "node:fs/promises";
import { Problem } from "../../kernel/problem.ts";
import { convertRaw, describeRaw } from "./raw-files.ts";
import { type ReaderAnswer, type ReaderRequest, TOO_LARGE_EXIT } from "./reader-messages.ts";

/**
 * The process that reads raw files. They come from outside, and what reads them is native code: a file that makes it crash, run away or grow
 * takes this process down and nothing else. It has no environment and no secret, and ends with its parent. It imports little, for it
 * starts with every import.
 */
const [folder = "", limit = "0"] = process.argv.slice(2);
const WATCH_MS = 200;

const answerOf = async (message: ReaderRequest): Promise<ReaderAnswer> => {
  const { id } = message;
  try {
    return message.does === "convert"
      ? { id, rows: await convertRaw(folder, message.request) }
      : { id, columns: await describeRaw(folder, message.path, message.name) };
  } catch (error) {
    const problem =
      error instanceof Problem
        ? error
        : new Problem("internal", "INTERNAL", error instanceof Error ? error.message : String(error));
    const { kind, code, details } = problem;
    return { id, problem: { kind, code, message: problem.message, details } };
  }
};

const endIfTooLarge = (): void => {
  if (process.memoryUsage.rss() > Number(limit)) process.exit(TOO_LARGE_EXIT);
};

const reply = async (message: ReaderRequest): Promise<void> => {
  const answer = await answerOf(message);
  // Also where the file was read between two looks of the clock below.
  endIfTooLarge();
  process.send?.(answer);
};

process.on("message", (message: ReaderRequest) => {
  reply(message).catch(() => process.exit(1));
});
process.on("disconnect", () => process.exit(0));
setInterval(endIfTooLarge, WATCH_MS).unref();
// Where the system runs out of memory this process goes first (Linux; elsewhere there is no such file).
await writeFile("/proc/self/oom_score_adj", "1000").catch(() => undefined);
