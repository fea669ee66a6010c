import { z } from "zod";
import { openInvoices } from "../invoicing/index.ts";
import { csvRow, dayInput, sha256 } from "../kernel/index.ts";
import { toFixed } from "../money/index.ts";
import type { Mail } from "../ports/index.ts";
import { action, type ActionDoor, effectState, enqueue, view } from "../record/index.ts";
import { peopleWithRoles } from "../tenants/index.ts";
import { addMonths, monthOf, monthPeriod } from "../time/index.ts";
import { openUsd } from "./ageing.ts";
import { storeExport } from "./period-evidence.action.ts";

export const REPORTS = ["invoices", "receivables"] as const;
export const REPORT_MAIL = "report-mail";

const TITLES: Readonly<Record<(typeof REPORTS)[number], string>> = {
  invoices: "Invoices of the month before",
  receivables: "Open receivables",
};

const receivablesCsv = async (door: ActionDoor): Promise<string> => {
  const rows = await door.load(openInvoices);
  return [
    csvRow(["invoice_id", "tenant_id", "due_date", "currency", "open_usd"]),
    ...rows.map((row) => csvRow([row.invoiceId, row.tenantId, row.dueDate, row.currency, toFixed(openUsd(row), 2)])),
  ].join("");
};

/** Writes a report of a day to a file; what was written for that day first stays. */
export const runReport = action(
  "reports.run",
  { needs: "reports:write", input: z.object({ report: z.enum(REPORTS), day: dayInput }) },
  async (door, { report, day }) => {
    const key = `reports/${report}/${day}.csv`;
    const answer = async () => ({ report, key, digest: sha256(await door.files.get(key)) });
    if (await door.files.has(key)) return door.unchanged(await answer());
    if (report === "invoices") {
      const { start, end } = monthPeriod(addMonths(monthOf(day), -1));
      await storeExport(door, key, { table: "invoice_header", from: start, to: end });
    } else await door.files.put(key, new TextEncoder().encode(await receivablesCsv(door)));
    const made = await answer();
    return door.save({ objectType: "report", objectId: key, metadata: { digest: made.digest } }, async () => made);
  },
);

/** Queues the mail of a report, once. */
export const sendReport = action(
  "reports.send",
  { needs: "reports:write", input: z.object({ report: z.enum(REPORTS), key: z.string().startsWith("reports/") }) },
  async (door, { report, key }) => {
    const { state } = await door.load((tx) => effectState(tx, REPORT_MAIL, key));
    if (state !== "unknown") return door.unchanged({ key });
    return door.save({ objectType: "report", objectId: key, metadata: { report } }, async (tx) => {
      const effect = { topic: REPORT_MAIL, effectKey: key, payload: { report, key } };
      await enqueue(tx, { ...effect, outboxId: door.clock.id(), now: door.now });
      return { key };
    });
  },
);

/** The mail of a report to the people of finance; undefined where there are none. */
export const composeReportMail = view(
  "reports.compose-mail",
  {
    needs: "reports:read",
    input: z.object({ report: z.enum(REPORTS), key: z.string().startsWith("reports/"), public_url: z.url() }),
  },
  async (door, { report, key, public_url: publicUrl }): Promise<Mail | undefined> => {
    const people = await door.load((tx) => peopleWithRoles(tx, ["finance"]));
    if (people.length === 0) return undefined;
    const filename = key.slice("reports/".length).replaceAll("/", "-");
    return {
      messageId: `${filename.toLowerCase()}@${new URL(publicUrl).hostname}`,
      to: people.map((person) => ({ name: person.displayName, address: person.email })),
      subject: `Report: ${TITLES[report]}`,
      text: `${TITLES[report]} is attached.\n\n${publicUrl}\n`,
      attachments: [{ filename, contentType: "text/csv", content: await door.files.get(key) }],
    };
  },
);
