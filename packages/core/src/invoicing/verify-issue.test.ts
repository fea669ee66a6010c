import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { invoicingWorld, type InvoicingWorld } from "../../testing/invoicing.ts";
import { tampered } from "../../testing/tampering.ts";
import type { InvoiceId } from "../kernel/index.ts";
import { explainInvoice, exportInvoice, renderInvoicePdf } from "./index.ts";

const invoice_id: InvoiceId = "INV-202509-D";
let house: InvoicingWorld;
beforeAll(async () => {
  house = await invoicingWorld(["TEN-D"]);
  await house.issued("TEN-D");
  await renderInvoicePdf.run(house.admin, { invoice_id });
});
afterAll(() => house.world.close());

/** What is checked of the issue itself: this month has no cost files that could be read again. */
const OF_ISSUE = ["rows", "approval", "ledger", "pdf"];
const checksOf = async (world = house.world) => {
  const { verification } = await explainInvoice.run({ ...house.admin, world }, { invoice_id, verify: true });
  return (verification?.checks ?? []).filter(({ check }) => OF_ISSUE.includes(check));
};
const found = async (world = house.world) => (await checksOf(world)).find(({ equal }) => !equal);

const TABLES = ["invoice_header", "approval_request", "journal_entry", "journal_line"];
const foundAfter = (statement: string) =>
  tampered(house.world, { tables: TABLES, statements: [statement] }, (inside) => found(inside));

test("what the issue left behind is verified too", async () => {
  expect((await checksOf()).map(({ check, equal }) => [check, equal])).toEqual(OF_ISSUE.map((check) => [check, true]));
});

const issued = `invoice_id = '${invoice_id}'`;
const entry = `(select journal_id from journal_entry where document_id = '${invoice_id}' and event = 'issue')`;
test.each([
  ["due day", `update invoice_header set due_date = '2027-01-31' where ${issued}`, "rows", /^header\/dueDate$/],
  ["number", `update invoice_header set document_number = 'DJ-99' where ${issued}`, "ledger", /\/description$/],
  ["issue day", `update invoice_header set issue_date = '2025-01-01' where ${issued}`, "rows", /^header\/dueDate$/],
  [
    "approval",
    `update approval_request set subject_digest = 'sha256:0' where subject_id = '${invoice_id}'`,
    "approval",
    /^approval\/digest$/,
  ],
  [
    "ledger line",
    `update journal_line set amount_usd_minor = amount_usd_minor * 2, amount_minor = amount_minor * 2 where journal_id = ${entry}`,
    "ledger",
    /^ledger\/JRN-\w+\/lines\/1\/usdMinor$/,
  ],
  [
    "ledger entry",
    `update journal_entry set document_id = 'INV-X' where journal_id = ${entry}`,
    "ledger",
    /^ledger\/INV-202509-D$/,
  ],
  [
    "PDF digest",
    `update invoice_header set pdf_digest = '0' where ${issued}`,
    "pdf",
    /^pdf\/INV-202509-D\.pdf\/digest$/,
  ],
])("a %s that was tampered with is named", async (_what, statement, check, path) => {
  expect(await foundAfter(statement)).toMatchObject({ check, difference: { path: expect.stringMatching(path) } });
});

test("a PDF that was changed is named and not given out; one that is gone is named, and made again with the same bytes only", async () => {
  const file = await house.world.files.localPath(`pdf/${invoice_id}.pdf`);
  const content = await readFile(file);
  await chmod(file, 0o600);
  await writeFile(file, Buffer.concat([content, Buffer.from("x")]));
  const path = `pdf/${invoice_id}.pdf/digest`;
  expect(await found()).toMatchObject({ check: "pdf", difference: { path } });
  await expect(exportInvoice.run(house.admin, { invoice_id, format: "pdf" })).rejects.toThrow(/was changed.*explain/);
  await rm(file);
  expect(await found()).toMatchObject({ check: "pdf", difference: { path, recomputed: null } });
  const again = await exportInvoice.run(house.admin, { invoice_id, format: "pdf" });
  expect(content.equals(Buffer.from(again.content))).toBe(true);
  await renderInvoicePdf.run(house.admin, { invoice_id });
  expect(await found()).toBeUndefined();
});
