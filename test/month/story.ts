import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { exact, scaled, unscaled } from "@commops/core/money";
import { generateCur, generateUsage } from "@commops/core/synthetic";
import { type Month, monthPeriod } from "@commops/core/time";
import { z } from "zod";
import { type People, setUp, TENANTS } from "./cast.ts";
import type { Client, Sender } from "./client.ts";

export interface Story {
  readonly client: Client;
  readonly people: People;
  readonly month: Month;
  /** The month's cost report on this machine. */
  readonly curPath: string;
}

const SEED = 7;
const CUR_ROWS = 1500;
const SNAPSHOTS_A_REQUEST = 300;

/** Writes a month's cost report of the product's own generator. */
export const writeCur = async (path: string, month: Month, rows = CUR_ROWS, tenants = TENANTS): Promise<void> => {
  const file = createWriteStream(path);
  for (const chunk of generateCur({ seed: SEED, month, tenants, rows }))
    if (!file.write(chunk)) await once(file, "drain");
  file.end();
  await once(file, "finish");
};

const done = z.looseObject({});
const started = z.looseObject({ run_id: z.string() });
const runShape = z.looseObject({ status: z.string(), error: z.unknown(), result: z.unknown() });

/** Starts work and waits until it succeeded or failed. */
export const work = async (
  client: Client,
  who: Sender,
  route: string,
  body: unknown,
  key?: string,
): Promise<z.output<typeof runShape>> => {
  const { run_id: runId } = await client.must(started, who, route, body, key);
  for (;;) {
    const run = await client.must(runShape, who, `GET /workflows/${runId}`);
    if (run.status !== "running") return run;
    await sleep(50);
  }
};

/** Work that must succeed. Throws with the reason otherwise. */
const mustWork = async (client: Client, who: Sender, route: string, body: unknown, key: string): Promise<void> => {
  const run = await work(client, who, route, body, key);
  if (run.status !== "succeeded") throw new Error(`${route} ${run.status}: ${JSON.stringify(run.error)}`);
};

const useMonth = async ({ client, people, month }: Story): Promise<void> => {
  const snapshots = generateUsage({ seed: SEED, month, tenants: TENANTS });
  for (let start = 0; start < snapshots.length; start += SNAPSHOTS_A_REQUEST) {
    const batch = snapshots.slice(start, start + SNAPSHOTS_A_REQUEST);
    await client.must(done, people.engineer, "POST /usage/snapshots", { snapshots: batch }, `usage-${start}`);
  }
};

const importCost = async ({ client, people, curPath }: Story): Promise<void> => {
  await mustWork(client, people.engineer, "POST /cost/deliveries", { path: curPath }, "cur");
};

const allocate = async ({ client, people, month }: Story): Promise<void> => {
  await client.must(done, people.engineer, "POST /cost/allocations:run", { period: month }, "allocate");
};

/** Each time under its own name: a key stands for one request. */
const reconcile =
  (key: string) =>
  async ({ client, people, month }: Story): Promise<void> => {
    await client.must(done, people.finance, "POST /reconciliation:run", { period: month }, key);
  };

const draft = async ({ client, people, month }: Story): Promise<void> => {
  const { start, end } = monthPeriod(month);
  for (const { tenantId } of TENANTS) {
    const body = { tenant_id: tenantId, period_start: start, period_end: end };
    await mustWork(client, people.operator, "POST /invoices:generate", body, `draft-${tenantId}`);
  }
};

const header = z.looseObject({
  invoice_id: z.string(),
  tenant_id: z.string(),
  status: z.string(),
  number: z.string().nullable(),
  subtotal_usd_exact: z.string(),
  tax_usd_exact: z.string(),
  total_usd_exact: z.string(),
  paid_usd_exact: z.string(),
  issue_date: z.string().nullable(),
  digest: z.string(),
});
export type Header = z.output<typeof header>;
const invoicePage = z.looseObject({ invoices: z.array(header) });

/** The month's invoices by id. */
export const invoicesOf = async ({ client, people, month }: Omit<Story, "curPath">): Promise<Header[]> => {
  const { start, end } = monthPeriod(month);
  const route = `GET /invoices?from=${start}&to=${end}&page_size=200`;
  const { invoices } = await client.must(invoicePage, people.operator, route);
  return invoices.toSorted((a, b) => (a.invoice_id < b.invoice_id ? -1 : 1));
};

const submitted = z.looseObject({ digest: z.string() });

const submitAndApprove = async (story: Story): Promise<void> => {
  const { client, people } = story;
  for (const { invoice_id: id } of await invoicesOf(story)) {
    const { digest } = await client.must(submitted, people.operator, `POST /invoices/${id}:submit`, {}, `submit-${id}`);
    await client.must(header, people.approver, `POST /invoices/${id}:approve`, { digest }, `approve-${id}`);
  }
};

const link = z.looseObject({ url: z.string() });

/** The PDF behind a signed link. A link ends with the server that gave it: a new one is asked for then. */
export const pdfOf = async ({ client, people }: Pick<Story, "client" | "people">, id: string): Promise<Uint8Array> => {
  for (let left = 5; ; left -= 1) {
    const { url } = await client.must(link, people.operator, `GET /invoices/${id}/export?format=pdf`);
    try {
      return await client.download(url);
    } catch (error) {
      if (left === 0) throw error;
    }
  }
};

const downloadAll = async (story: Story): Promise<void> => {
  for (const { invoice_id: id } of await invoicesOf(story)) {
    const start = new TextDecoder("latin1").decode((await pdfOf(story, id)).slice(0, 5));
    if (start !== "%PDF-") throw new Error(`the export of ${id} begins with ${start}`);
  }
};

const paymentShape = z.looseObject({ payment_id: z.string(), status: z.string(), digest: z.string() });
const decidedShape = z.looseObject({ status: z.string(), invoice_status: z.string().nullable() });

/** Records a transfer and has it approved; answers what the invoice is then. */
const pay = async (
  { client, people }: Story,
  invoiceId: string,
  part: number,
  cents: bigint,
): Promise<string | null> => {
  const body = {
    invoice_id: invoiceId,
    method: "bank_transfer",
    amount_usd: unscaled(cents, 2),
    provider_ref: `BANK-${invoiceId}-${part}`,
  };
  const key = `pay-${invoiceId}-${part}`;
  const payment = await client.must(paymentShape, people.finance, "POST /payments", body, key);
  if (payment.status !== "pending") throw new Error(`a manual payment is ${payment.status} before its approval`);
  const approve = `POST /payments/${payment.payment_id}:approve`;
  const decided = await client.must(decidedShape, people.approver, approve, { digest: payment.digest }, `ok-${key}`);
  return decided.invoice_status;
};

/** Every invoice is paid in two parts. */
const payAll = async (story: Story): Promise<void> => {
  for (const { invoice_id: id, total_usd_exact: total } of await invoicesOf(story)) {
    const cents = scaled(exact(total), 2);
    const statuses = [await pay(story, id, 1, cents / 3n), await pay(story, id, 2, cents - cents / 3n)];
    if (statuses.join() !== "partially_paid,paid") throw new Error(`${id} became ${statuses.join(", then ")}`);
  }
};

/** A month from its customers to paid invoices, each step as its people do it. A step may be begun again after anything. */
const MONTH = {
  "set up": ({ client, people, month }: Story) => setUp(client, people, month),
  usage: useMonth,
  "cost report": importCost,
  allocation: allocate,
  "reconciliation before drafts": reconcile("reconcile-1"),
  drafts: draft,
  approval: submitAndApprove,
  documents: downloadAll,
  payments: payAll,
  "reconciliation of the month": reconcile("reconcile-2"),
} as const satisfies Record<string, (story: Story) => Promise<void>>;
type StepName = keyof typeof MONTH;
const ALL: readonly StepName[] = [
  "set up",
  "usage",
  "cost report",
  "allocation",
  "reconciliation before drafts",
  "drafts",
  "approval",
  "documents",
  "payments",
  "reconciliation of the month",
];

/** Lives a month, or the steps of it that are named. Throws with the name of the step that failed. */
export const live = async (story: Story, steps: readonly StepName[] = ALL): Promise<void> => {
  for (const name of steps)
    try {
      await MONTH[name](story);
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
};
