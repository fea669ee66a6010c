import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../tools/processes.ts";
import { booksOf, mailsIn, verdictsOf } from "./books.ts";
import { hire, lastMonth } from "./cast.ts";
import { clientOf } from "./client.ts";
import { doomedServer } from "./killer.ts";
import { startServer } from "./server.ts";
import { live, writeCur } from "./story.ts";

const isLong = process.env["COMMOPS_LONG"] === "1";
const KILLS = Number(process.env["COMMOPS_KILLS"] ?? (isLong ? 20 : 3));
const SEED = Number(process.env["COMMOPS_KILL_SEED"] ?? Date.now() % 1_000_000);

const month = lastMonth();
let root: string;
let curPath: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "commops-kill-"));
  curPath = join(root, "cur.csv");
  await writeCur(curPath, month);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What a month ends with, and what the product says of itself then. */
const undisturbed = async () => {
  const folder = join(root, "undisturbed");
  const server = await startServer(folder, await freePort());
  let requests = 0;
  try {
    const people = await hire(folder, server.base);
    const story = { client: clientOf(server.base, () => (requests += 1)), people, month, curPath };
    await live(story);
    const sent = requests;
    return { books: await booksOf(story), mails: await mailsIn(folder), requests: sent };
  } finally {
    await server.stop("SIGTERM");
  }
};

const killed = async (requests: number) => {
  const folder = join(root, "killed");
  const server = await doomedServer(folder, await freePort(), { seed: SEED, kills: KILLS, requests });
  try {
    const people = await hire(folder, server.base);
    const story = { client: clientOf(server.base, server.onSend), people, month, curPath };
    await live(story);
    // Kills that are left come while people look at what they did.
    await booksOf(story);
    await verdictsOf(story);
    await server.spare();
    const books = await booksOf(story);
    return { books, mails: await mailsIn(folder), verdicts: await verdictsOf(story), kills: server.kills() };
  } finally {
    await server.spare().catch(() => undefined);
    await server.stop();
  }
};

test(
  `a month whose server is killed ${KILLS} times ends as one that was left alone (COMMOPS_KILL_SEED=${SEED})`,
  { timeout: isLong ? 2_400_000 : 600_000 },
  async () => {
    const calm = await undisturbed();
    const { books, mails, verdicts, kills } = await killed(calm.requests);
    console.log(`killed ${kills} times, seed ${SEED}, ${calm.requests} requests`);
    expect(kills).toBe(KILLS);
    expect(books).toEqual(calm.books);
    expect(mails).toEqual(calm.mails);
    expect(new Set(mails).size).toBe(books.invoices.length);
    expect(books.ledger).toMatchObject({ difference: "0.00", is_balanced: true });
    expect(verdicts.audit).toMatchObject({ ok: true, unsealed: 0, first_bad: null });
    expect(verdicts.invoices.map(({ equal }) => equal)).toEqual(books.invoices.map(() => true));
  },
);
