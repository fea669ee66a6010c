import { and, eq, lt } from "drizzle-orm";
import { exists, type Json } from "../kernel/index.ts";
import type { Tx } from "../ports/index.ts";
import { idempotencyKey } from "./record.sql.ts";

const DAY_MS = 86_400_000;

interface Question {
  readonly actorId: string;
  readonly key: string;
  readonly action: string;
  readonly inputDigest: string;
}

/** Answers are kept as text: jsonb gives the fields of an object back in an order of its own, and a repeat is the first answer byte by byte. */
const packed = (result: Json): string => JSON.stringify(result ?? null);
const unpacked = (kept: Json): Json => (typeof kept === "string" ? (JSON.parse(kept) as Json) : kept);

const cutoff = (now: Date): Date => new Date(now.getTime() - DAY_MS);

/** The kept answer for a key, if it is younger than 24 hours. Throws an exists Problem when the key was used for another request. */
export const findAnswer = async (
  tx: Tx,
  question: Question & { readonly now: Date },
): Promise<{ result: Json } | undefined> => {
  const [row] = await tx
    .select()
    .from(idempotencyKey)
    .where(and(eq(idempotencyKey.actorId, question.actorId), eq(idempotencyKey.key, question.key)));
  if (!row || row.createdAt < cutoff(question.now)) return undefined;
  if (row.inputDigest !== question.inputDigest || row.action !== question.action)
    throw exists(`Idempotency-Key ${question.key} was used for another request. Use a new key for a new request.`);
  return { result: unpacked(row.result) };
};

/** Keeps an answer in the transaction that made it. A second writer of the same key fails with an exists Problem. */
export const keepAnswer = async (
  tx: Tx,
  answer: Question & { readonly result: Json; readonly createdAt: Date },
): Promise<void> => {
  await tx
    .delete(idempotencyKey)
    .where(
      and(
        eq(idempotencyKey.actorId, answer.actorId),
        eq(idempotencyKey.key, answer.key),
        lt(idempotencyKey.createdAt, cutoff(answer.createdAt)),
      ),
    );
  await tx.insert(idempotencyKey).values({ ...answer, result: packed(answer.result) });
};
