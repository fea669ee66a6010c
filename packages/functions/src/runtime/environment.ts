import { Problem } from "@commops/core/kernel";
import { z } from "zod";

export type Variables = Readonly<Record<string, string | undefined>>;

export const urlOf = (protocols: readonly string[], what: string) => {
  const form = protocols.map((protocol) => `${protocol}//...`).join(" or ");
  return z
    .string(`is missing (${what})`)
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      message: `is not a URL of the form ${form} (${what})`,
    });
};

/** An empty variable counts as none. */
const present = (env: Variables): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ""),
  );

/**
 * Reads the environment by a schema; `more` makes what several variables say together, and adds its faults to the list. Throws one invalid
 * Problem that names every wrong setting and what it is for.
 */
export const readEnvironment = <S extends z.ZodObject, M>(
  schema: S,
  env: Variables,
  more: (found: z.output<S>, faults: string[]) => M,
): { readonly found: z.output<S>; readonly more: M } => {
  const parsed = schema.safeParse(present(env));
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
  if (parsed.success) {
    const together = more(parsed.data, faults);
    if (faults.length === 0) return { found: parsed.data, more: together };
  }
  throw new Problem(
    "invalid",
    "INVALID_ARGUMENT",
    `settings that cannot be used:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
    { details: faults.map((fault) => ({ field: fault.split(" ")[0] ?? "", reason: fault })) },
  );
};
