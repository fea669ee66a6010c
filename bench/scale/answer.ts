import { createHash } from "node:crypto";

/** Cost of one tenant (blank where a line has no tag) and service, as decimal text with 12 decimals. */
export interface Share {
  readonly tenant: string;
  readonly service: string;
  readonly cost: string;
}

/** A digest of an answer, whatever order it came in: two that differ in any digit have two. */
export const digestOf = (shares: readonly Share[]): string =>
  createHash("sha256")
    .update(
      shares
        .map(({ tenant, service, cost }) => `${tenant}\t${service}\t${cost}\n`)
        .toSorted()
        .join(""),
    )
    .digest("hex");
