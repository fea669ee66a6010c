import { sql } from "drizzle-orm";
import type { Database, Tx } from "../src/ports/index.ts";

/** An effect of an execution's task, as it is counted. A token is given to whoever answers it. */
export interface Effect {
  readonly run: string;
  readonly effect: string;
  readonly token?: string | undefined;
}

/** Makes the table of effects, in which nothing keeps an effect from being there twice. */
export const makeEffects = (database: Database): Promise<void> =>
  database.transaction("operator", async (tx) => {
    await tx.execute(sql`reset role`);
    await tx.execute(sql`create table counted_effect (run text not null, effect text not null, token text)`);
    await tx.execute(sql`grant all on counted_effect to commops_app`);
  });

export const addEffect = async (tx: Tx, { run, effect, token }: Effect): Promise<void> => {
  await tx.execute(sql`insert into counted_effect (run, effect, token) values (${run}, ${effect}, ${token ?? null})`);
};

export const tokensOf = async (database: Database): Promise<string[]> => {
  const rows = await database.transaction("operator", (tx) =>
    database.rows<{ token: string }>(tx, sql`select token from counted_effect where token is not null`),
  );
  return rows.map(({ token }) => token);
};

/** How often each effect happened, by run and effect. */
export const countEffects = async (database: Database): Promise<Map<string, number>> => {
  const rows = await database.transaction("operator", (tx) =>
    database.rows<{ name: string; times: string | number | bigint }>(
      tx,
      sql`select run || ' ' || effect as name, count(*) as times from counted_effect group by 1`,
    ),
  );
  return new Map(rows.map(({ name, times }) => [name, Number(times)]));
};

/** The effects of runs that did not happen exactly once. */
export const faultsIn = (
  counts: ReadonlyMap<string, number>,
  runs: readonly string[],
  effects: readonly string[],
): string[] =>
  runs.flatMap((run) =>
    effects.flatMap((effect) => {
      const times = counts.get(`${run} ${effect}`) ?? 0;
      return times === 1 ? [] : [`${run} ${effect}: ${times} times`];
    }),
  );
