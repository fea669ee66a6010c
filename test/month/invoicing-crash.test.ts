import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "@commops/core/synthetic";
import { monthPeriod } from "@commops/core/time";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { freePort } from "../../tools/processes.ts";
import { mailsIn } from "./books.ts";
import { hire, lastMonth, type People, sell, TENANTS } from "./cast.ts";
import { type Client, clientOf } from "./client.ts";
import { type ServerProcess, spawnServer } from "./server.ts";
import { invoicesOf, live, writeCur } from "./story.ts";

const isLong = process.env["COMMOPS_LONG"] === "1";
const CUSTOMERS = 200;
const KILLS = isLong ? 30 : 10;
const SEED = Number(process.env["COMMOPS_KILL_SEED"] ?? Date.now() % 1_000_000);
/** A kill comes within this time after a server was healthy. */
const LIFE_MS = 2_500;

const month = lastMonth();
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "commops-invoicing-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const done = z.looseObject({});
const execution = z.looseObject({ execution_id: z.string(), name: z.string(), status: z.string() });
const executionPage = z.looseObject({ executions: z.array(execution), next_page_token: z.string().nullable() });
const approvalPage = z.looseObject({
  approvals: z.array(z.looseObject({ subject_id: z.string(), digest: z.string() })),
  next_page_token: z.string().nullable(),
});
const outcomes = z.looseObject({ items: z.array(z.looseObject({ invoice_id: z.string(), outcome: z.string() })) });
const trial = z.looseObject({ difference: z.string(), is_balanced: z.boolean() });
const chain = z.looseObject({ ok: z.boolean(), first_bad: z.unknown() });

/** Kills the server and starts it again, over and over, until it has done so as often as planned. */
const killing = (folder: string, port: number, first: ServerProcess) => {
  const random = randomFrom(SEED);
  let [server, killed] = [first, 0];
  const work = (async () => {
    while (killed < KILLS) {
      await sleep(random.below(LIFE_MS));
      await server.stop("SIGKILL");
      killed += 1;
      server = spawnServer(folder, port);
      await server.untilHealthy(120);
    }
  })();
  return { done: work, killed: () => killed, stop: () => server.stop("SIGTERM") };
};

const customers = Array.from({ length: CUSTOMERS }, (_, index) => {
  const tenantId = `TEN-${String(index + 1).padStart(3, "0")}`;
  return { tenant_id: tenantId, tenant_name: `Customer ${index + 1}`, plan_code: "flat", seats: 1 };
});

/** A seller, customers with a base price and nothing else to pay, and a month whose cost is allocated. */
const prepare = async (client: Client, people: People): Promise<void> => {
  await sell(client, people);
  const plan = { plan_family: "platform", version: "1", currency: "USD", base_price_usd: "99.99", base_seats: 1 };
  const from = monthPeriod(month).start;
  await client.must(done, people.admin, "PUT /plans/flat", { ...plan, effective_from: from });
  const contact = (index: number) => ({ name: "Accounts payable", email: `ap${index}@customer.example` });
  const rows = customers.map((row, index) => ({ ...row, billing_contact: contact(index) }));
  await client.must(done, people.operator, "POST /tenants:import", { rows }, "tenants");
  const curPath = join(root, "cur.csv");
  await writeCur(curPath, month, 500, TENANTS);
  await live({ client, people, month, curPath }, ["cost report", "allocation", "reconciliation before drafts"]);
};

const allOf = async (client: Client, people: People, machine: string) => {
  const found: z.output<typeof execution>[] = [];
  let token: string | null = "";
  while (token !== null) {
    const route: string = `GET /workflows/executions?machine=${machine}&page_size=200${token === "" ? "" : `&page_token=${token}`}`;
    const page: z.output<typeof executionPage> = await client.must(executionPage, people.engineer, route);
    found.push(...page.executions);
    token = page.next_page_token;
  }
  return found;
};

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let left = 1200; left > 0; left -= 1) {
    if (await holds()) return;
    await sleep(250);
  }
  throw new Error("it did not come to that within five minutes");
};

const waiting = async (client: Client, people: People) => {
  const page = await client.must(
    approvalPage,
    people.approver,
    "GET /approvals?state=pending&kind=invoice&page_size=200",
  );
  return page.approvals.map((approval) => ({ invoice_id: approval.subject_id, digest: approval.digest }));
};

test(
  `${CUSTOMERS} customers are invoiced by the state machines on a server that is killed ${KILLS} times: no number twice or missing (COMMOPS_KILL_SEED=${SEED})`,
  { timeout: isLong ? 2_400_000 : 600_000 },
  async () => {
    const [folder, port] = [join(root, "data"), await freePort()];
    const first = spawnServer(folder, port);
    await first.untilHealthy(120);
    const people = await hire(folder, first.base);
    const client = clientOf(first.base);
    await prepare(client, people);

    const killer = killing(folder, port, first);
    // Whoever waits hears of it below.
    killer.done.catch(() => undefined);
    const asked = { machine: "invoicing", input: {}, name: "crash" };
    await client.must(done, people.engineer, "POST /workflows/executions", asked, "invoicing");
    await until(async () => (await waiting(client, people)).length === CUSTOMERS);
    for (;;) {
      const items = (await waiting(client, people)).slice(0, 20);
      if (items.length === 0) break;
      await client.must(outcomes, people.approver, "POST /invoices:approve", { items });
    }
    await killer.done;
    await until(async () => (await allOf(client, people, "invoice-approval")).every((one) => one.status !== "running"));

    expect(killer.killed()).toBe(KILLS);
    const [run, ...others] = await allOf(client, people, "invoicing");
    expect(others).toEqual([]);
    expect(run).toMatchObject({ name: "crash", status: "succeeded" });
    const approvals = await allOf(client, people, "invoice-approval");
    expect(approvals.map((one) => one.status)).toEqual(customers.map(() => "succeeded"));
    const invoices = await invoicesOf({ client, people, month });
    expect(invoices.map((invoice) => invoice.tenant_id).toSorted()).toEqual(customers.map((row) => row.tenant_id));
    expect(new Set(invoices.map((invoice) => invoice.status))).toEqual(new Set(["issued"]));
    const numbers = invoices.map((invoice) => Number(invoice.number?.split("-").at(-1))).toSorted((a, b) => a - b);
    expect(numbers).toEqual(customers.map((_, index) => index + 1));
    const mails = await mailsIn(folder, 120, CUSTOMERS);
    expect([mails.length, new Set(mails).size]).toEqual([CUSTOMERS, CUSTOMERS]);
    expect(await client.must(trial, people.finance, "GET /ledger/trial-balance")).toMatchObject({ is_balanced: true });
    expect(await client.must(chain, people.auditor, "POST /audit:verify", {})).toMatchObject({
      ok: true,
      first_bad: null,
    });
    await killer.stop();
  },
);
