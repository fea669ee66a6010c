import type { Json } from "../../../kernel/index.ts";
import { Failure } from "./failure.ts";
import { jsonBytes } from "./json.ts";

/** The most bytes of JSON text that pass between states. */
const MOST_BYTES = 256 * 1024;

export const isTooLarge = (value: Json): boolean => jsonBytes(value) > MOST_BYTES;

/** Throws States.DataLimitExceeded where what a state or a task gives is too large to pass on. */
export const checkSize = (name: string, value: Json): void => {
  if (isTooLarge(value))
    throw new Failure(
      "States.DataLimitExceeded",
      `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    );
};
