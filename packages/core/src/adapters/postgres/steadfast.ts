import { setImmediate as turn } from "node:timers/promises";
import type { Sql, TransactionSql } from "postgres";

const closed = (): Error =>
  Object.assign(new Error("the connection of this transaction was closed"), { code: "CONNECTION_CLOSED" });

/** The rejection of a transaction whose connection was closed comes from elsewhere: nothing may go out on it any more. */
const nothing = (): Promise<never> => new Promise(() => {});

const guarded = (tx: TransactionSql, isOpen: () => boolean): TransactionSql =>
  new Proxy(tx, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name !== "unsafe" || typeof member !== "function") return member;
      return (...given: unknown[]): unknown => {
        if (!isOpen()) throw closed();
        return Reflect.apply(member, target, given) as unknown;
      };
    },
  });

/**
 * A client whose transactions survive the loss of their connection. postgres.js 3.4.9 sends what follows in such a transaction, its rollback first,
 * to a socket that is no more, and the error ends the process. Here the transaction fails, and nothing follows.
 */
export const steadfast = (client: Sql): Sql => {
  const begin = (work: (tx: TransactionSql) => unknown): Promise<unknown> => {
    let isOpen = true;
    const outcome = client.begin(async (tx) => {
      try {
        const result = await work(guarded(tx, () => isOpen));
        return isOpen ? result : await nothing();
      } catch (error) {
        // A loss is told to the query first, and to the transaction within the same turn.
        await turn();
        if (isOpen) throw error;
        return nothing();
      }
    });
    outcome.catch(() => {
      isOpen = false;
    });
    return outcome;
  };
  return new Proxy(client, {
    get: (target, name) => (name === "begin" ? begin : (Reflect.get(target, name) as unknown)),
  });
};
