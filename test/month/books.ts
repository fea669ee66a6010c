import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { TENANTS } from "./cast.ts";
import { invoicesOf, type Story } from "./story.ts";

const linePage = z.object({
  lines: z.array(
    z.object({
      line_no: z.number(),
      sku_code: z.string(),
      quantity_exact: z.string(),
      amount_usd_exact: z.string(),
      amount_unrounded_exact: z.string(),
      cost_usd_exact: z.string(),
    }),
  ),
});
const paymentPage = z.object({
  payments: z.array(
    z.object({ provider_ref: z.string(), amount_usd_exact: z.string(), status: z.string(), applied: z.unknown() }),
  ),
});
const trial = z.object({
  accounts: z.array(z.object({ account_code: z.string(), debit: z.string(), credit: z.string() })),
  difference: z.string(),
  is_balanced: z.boolean(),
});
const summary = z.object({
  aws_total_usd_exact: z.string(),
  allocated_total_usd_exact: z.string(),
  operator_overhead_usd_exact: z.string(),
  invoiced_total_usd_exact: z.string(),
  variance_usd_exact: z.string(),
  status: z.string(),
  is_current: z.boolean(),
});
const chain = z.object({ ok: z.boolean(), checked: z.number(), unsealed: z.number(), first_bad: z.unknown() });
const explained = z.object({
  verification: z.object({ equal: z.boolean(), first_difference: z.unknown() }),
});

/** What a month came to: everything that must be the same however it was reached. */
export const booksOf = async (story: Story) => {
  const { client, people, month } = story;
  const { operator, finance } = people;
  const headers = await invoicesOf(story);
  const invoices = [];
  for (const header of headers) {
    const { lines } = await client.must(linePage, operator, `GET /invoices/${header.invoice_id}/lines?page_size=200`);
    invoices.push({
      invoice_id: header.invoice_id,
      tenant_id: header.tenant_id,
      status: header.status,
      number: header.number,
      subtotal: header.subtotal_usd_exact,
      tax: header.tax_usd_exact,
      total: header.total_usd_exact,
      paid: header.paid_usd_exact,
      lines: lines.map((line) => ({
        line: line.line_no,
        sku: line.sku_code,
        quantity: line.quantity_exact,
        amount: line.amount_usd_exact,
        unrounded: line.amount_unrounded_exact,
        cost: line.cost_usd_exact,
      })),
    });
  }
  const { payments } = await client.must(paymentPage, finance, "GET /payments?page_size=200");
  return {
    invoices,
    payments: payments
      .map((payment) => ({
        reference: payment.provider_ref,
        amount: payment.amount_usd_exact,
        status: payment.status,
        applied: payment.applied,
      }))
      .toSorted((a, b) => (a.reference < b.reference ? -1 : 1)),
    ledger: await client.must(trial, finance, "GET /ledger/trial-balance"),
    reconciliation: await client.must(summary, finance, `GET /reconciliation/summary?period=${month}`),
  };
};
export type Books = Awaited<ReturnType<typeof booksOf>>;

/** Verdicts of the product on itself: the audit chain, once all of it is sealed, and each invoice recomputed. */
export const verdictsOf = async (story: Story) => {
  const { client, people } = story;
  let audit = await client.must(chain, people.auditor, "POST /audit:verify", {});
  for (let left = 100; audit.ok && audit.unsealed > 0 && left > 0; left -= 1) {
    await sleep(100);
    audit = await client.must(chain, people.auditor, "POST /audit:verify", {});
  }
  const invoices = [];
  for (const { invoice_id: id } of await invoicesOf(story)) {
    const route = `GET /invoices/${id}/explain?verify=true`;
    const { verification } = await client.must(explained, people.operator, route);
    invoices.push({ id, equal: verification.equal, first_difference: verification.first_difference });
  }
  return { audit, invoices };
};

const letter = z.object({ messageId: z.string(), to: z.array(z.object({ address: z.string() })) });

/** Message-IDs in the local outbox of a data folder, once there are as many as are waited for or patience ends. */
export const mailsIn = async (folder: string, seconds = 30, awaited = TENANTS.length): Promise<string[]> => {
  const place = join(folder, "outbox", "files", "mail");
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const files = (await readdir(place).catch(() => [])).filter((file) => file.endsWith(".json"));
    if (files.length >= awaited || performance.now() > deadline) {
      const letters = await Promise.all(
        files.map(async (file) => letter.parse(JSON.parse(await readFile(join(place, file), "utf8")))),
      );
      return letters.map(({ messageId }) => messageId).toSorted();
    }
    await sleep(200);
  }
};
