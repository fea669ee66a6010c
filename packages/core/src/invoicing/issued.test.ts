import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf, callAs } from "../../testing/actors.ts";
import { invoicingWorld, type InvoicingWorld, recordDaily } from "../../testing/invoicing.ts";
import type { InvoiceId } from "../kernel/index.ts";
import { trialBalance } from "../ledger/index.ts";
import { claimEffects } from "../record/index.ts";
import {
  composeInvoiceMail,
  exportInvoice,
  getInvoice,
  listInvoiceMail,
  listInvoices,
  listLines,
  markMail,
  renderInvoicePdf,
  sendBackInvoice,
  voidInvoice,
} from "./index.ts";

let house: InvoicingWorld;
beforeAll(async () => {
  house = await invoicingWorld(["TEN-A", "TEN-B", "TEN-E"]);
  await house.issued("TEN-B");
  await house.generate("TEN-A");
});
afterAll(() => house.world.close());

test("an issued invoice is frozen: rows refuse every change, it is neither drafted again nor voided", async () => {
  const { invoice_id } = await house.issued("TEN-E");
  const run = (text: string) => house.world.database.transaction("operator", (tx) => tx.execute(sql.raw(text)));
  for (const text of [
    `update invoice_header set total_minor = 1, subtotal_minor = 1, tax_minor = 0 where invoice_id = '${invoice_id}'`,
    `update invoice_header set document = '{}' where invoice_id = '${invoice_id}'`,
    `update invoice_header set status = 'draft' where invoice_id = '${invoice_id}'`,
    `update invoice_detail set title = 'x' where invoice_id = '${invoice_id}'`,
    `delete from invoice_detail where invoice_id = '${invoice_id}'`,
    `delete from invoice_tax where invoice_id = '${invoice_id}'`,
    `delete from invoice_header where invoice_id = '${invoice_id}'`,
  ])
    await expect(run(text), text).rejects.toMatchObject({ kind: "precondition" });
  await recordDaily(house.admin, { tenantId: "TEN-E", metric: "data_ingestion_gb", value: "99", days: ["2025-09-30"] });
  await expect(house.generate("TEN-E")).rejects.toThrow(/INV-202509-E .* is issued/);
  await expect(voidInvoice.run(house.operator, { invoice_id })).rejects.toThrow(/credit note/);
  await expect(sendBackInvoice.run(house.approver, { invoice_id, reason: "late" })).rejects.toMatchObject({
    kind: "precondition",
  });
});

test("issuing posts revenue by SKU family and tax, and the trial balance is zero", async () => {
  const balance = await trialBalance.run(house.operator, {});
  expect(balance.is_balanced).toBe(true);
  expect(balance.accounts.map((account) => account.name)).toEqual(["Receivables", "Tax payable", "Revenue"]);
  const families = await house.world.database.transaction("operator", (tx) =>
    house.world.database.rows<{ family: string }>(
      tx,
      sql`select distinct sku_family as family from journal_line where sku_family is not null order by 1`,
    ),
  );
  expect(families.map((row) => row.family)).toEqual(["data", "network", "seats", "subscription"]);
});

test("issuing queues PDF and mail once, with a stable Message-ID; the PDF has the same bytes whenever it is rendered", async () => {
  const invoice_id: InvoiceId = "INV-202509-B";
  const queued = await house.world.database.transaction("operator", (tx) =>
    claimEffects(tx, house.world.clock.now(), { limit: 50, leaseMs: 1000 }),
  );
  expect(
    queued.filter((effect) => JSON.stringify(effect.payload).includes(`"${invoice_id}"`)).map((effect) => effect.topic),
  ).toEqual(["invoice-pdf", "invoice-mail"]);
  const stored = await exportInvoice.run(house.operator, { invoice_id, format: "pdf" });
  const { key } = await renderInvoicePdf.run(house.admin, { invoice_id });
  expect(Buffer.from(await house.world.files.get(key)).equals(Buffer.from(stored.content))).toBe(true);
  const mail = await composeInvoiceMail.run(house.admin, { invoice_id });
  expect(mail).toMatchObject({
    messageId: "inv-202509-b.invoice@datajetty.example",
    to: [{ address: "ann@acme.example" }],
  });
  expect(Buffer.from(mail.attachments[0]?.content ?? []).equals(Buffer.from(stored.content))).toBe(true);
  await markMail.run(house.admin, { invoice_id, message_id: mail.messageId, state: "sent" });
  const { mails } = await listInvoiceMail.run(house.operator, { invoice_id });
  expect(mails).toMatchObject([
    {
      state: "sent",
      subject: mail.subject,
      text: mail.text,
      attachments: [{ filename: mail.attachments[0]?.filename }],
    },
  ]);
  expect(mails[0]?.text).toContain("please find attached invoice");
  const csv = await exportInvoice.run(house.operator, { invoice_id, format: "csv" });
  expect(new TextDecoder().decode(csv.content)).toMatch(/TEN-B.*,total,/);
});

test("a tenant sees what was issued to it, without cost and margin, and nothing of drafts or of others", async () => {
  const tenant = callAs(house.world, actorOf("tenant_user", "tina", "TEN-B" as Parameters<typeof actorOf>[2]));
  const { invoices } = await listInvoices.run(tenant, {});
  expect(invoices.map((invoice) => invoice.invoice_id)).toEqual(["INV-202509-B"]);
  const seen = JSON.stringify([
    await getInvoice.run(tenant, { invoice_id: "INV-202509-B" }),
    await listLines.run(tenant, { invoice_id: "INV-202509-B" }),
  ]);
  expect(seen).not.toMatch(/cost_usd|margin|prepared_by|comparison|"allocation_ids":\["/);
  await expect(getInvoice.run(tenant, { invoice_id: "INV-202509-G" })).rejects.toMatchObject({ kind: "missing" });
  const other = callAs(house.world, actorOf("tenant_user", "tom", "TEN-A" as Parameters<typeof actorOf>[2]));
  await expect(getInvoice.run(other, { invoice_id: "INV-202509-A" })).rejects.toMatchObject({ kind: "missing" });
});
