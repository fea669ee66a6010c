import { z } from "zod";

/** A calendar day, YYYY-MM-DD. */
export const day = z.string().meta({ format: "date", example: "2025-09-30" });
/** RFC 3339, UTC. */
export const instant = z.string().meta({ format: "date-time", example: "2025-10-01T08:00:00.000Z" });
/** A Phase 1 amount: US dollars, at most 6 decimals. */
export const usd = z.number().meta({ description: "US dollars, rounded to 6 decimals" });
/** Exact decimal text. */
export const decimal = z.string().meta({ description: "Exact decimal text", example: "12.5" });
export const nextPage = z
  .string()
  .nullable()
  .meta({ description: "Send it as page_token for the next page; null on the last one" });
/** Data whose form its own kind decides. */
export const anything = z.unknown();

/** A list under its Phase 1 name, with the token of the next page. */
export const pageOf = <N extends string, T extends z.ZodType>(name: N, item: T) =>
  z.object({ [name]: z.array(item), next_page_token: nextPage } as Record<N, z.ZodArray<T>> & {
    next_page_token: typeof nextPage;
  });
