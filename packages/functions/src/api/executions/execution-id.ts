import { missing } from "@commops/core/kernel";

/** An execution's ARN as one word of a path: colons would read as a verb there. */
export const executionIdOf = (executionArn: string): string => Buffer.from(executionArn).toString("base64url");

/** The ARN that an id stands for. Throws a missing Problem for what is no id of an execution. */
export const executionArnOf = (executionId: string): string => {
  const arn = Buffer.from(executionId, "base64url").toString("utf8");
  if (!/^arn:[\x21-\x7e]+$/.test(arn)) throw missing("execution", executionId);
  return arn;
};
