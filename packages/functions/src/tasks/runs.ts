import { settleAlerts } from "@commops/core/alerts";
import { getInvoice } from "@commops/core/invoicing";
import { isTenantId, Problem } from "@commops/core/kernel";
import { type Call, claimRun } from "@commops/core/record";
import { z } from "zod";
import { messageOf, readResults } from "./items.ts";
import { task } from "./task.ts";

/** Failures that a run's cause names one by one. */
const SHOWN = 20;

const invoiceId = getInvoice.input.shape.invoice_id;

/** What an execution is about: the field of its input that names it, or its machine's daily run. */
const aboutOf = (input: Readonly<Record<string, unknown>>): string => {
  const named = ["invoice_id", "payment_id", "promotion_id", "report", "period"].map((field) => input[field]);
  const found = named.find((value) => typeof value === "string");
  return typeof found === "string" ? found : "daily";
};

/** The alert of an execution that failed is one for what it is about, however often it fails. */
export const executionAlert = (machine: string, about: string): string => `${machine}/execution/${about}`;

/** The end of such an alert: the same work went well. */
export const endAlert = (call: Call, machine: string, about: string): Promise<unknown> =>
  settleAlerts.run(call, { source: machine, well: [executionAlert(machine, about)] });

const tenantOfInvoice = async (call: Call, about: string): Promise<string | null> => {
  const id = invoiceId.safeParse(about);
  if (!id.success) return null;
  try {
    return (await getInvoice.run(call, { invoice_id: id.data })).tenant_id;
  } catch (error) {
    if (error instanceof Problem && error.kind === "missing") return null;
    throw error;
  }
};

export const runTasks = {
  "claim-run": task(claimRun.input, z.object({ claimed: z.boolean() }), ({ call }, input) => claimRun.run(call, input)),
  "record-failure": task(
    z.object({
      machine: z.string(),
      execution: z.string(),
      input: z.record(z.string(), z.unknown()),
      error: z.string(),
      cause: z.string(),
    }),
    z.object({ alert: z.string() }),
    async ({ call }, { machine, execution, input, error, cause }) => {
      const about = aboutOf(input);
      const key = executionAlert(machine, about);
      const tenantId = await tenantOfInvoice(call, about);
      const message = `${machine} (${about}) failed: ${error}: ${messageOf(cause)}`.slice(0, 4000);
      const evidence = [{ type: "execution", ref: execution }];
      const raised = [{ key, level: "critical" as const, tenant_id: tenantId, message, evidence }];
      await settleAlerts.run(call, { source: machine, raised });
      return { alert: key };
    },
  ),
  "tally-results": task(
    z.object({ machine: z.string(), execution: z.string(), subject: z.string(), results: z.string() }),
    z.object({
      total: z.int(),
      failed: z.int(),
      failures: z.array(z.object({ subject: z.string(), message: z.string() })),
    }),
    async ({ call }, { machine, execution, subject: kind, results: key }) => {
      const results = await readResults(call, key);
      const keyOf = ({ subject, period }: { subject: string; period: string | undefined }): string =>
        [machine, kind, subject, ...(period === undefined ? [] : [period])].join("/");
      const failed = results.flatMap((result) => {
        const { failure, ...about } = result;
        return failure === undefined ? [] : [{ ...about, ...failure }];
      });
      const evidence = [
        { type: "execution", ref: execution },
        { type: "file", ref: key },
      ];
      const raised = failed.map((item) => ({
        key: keyOf(item),
        tenant_id: kind === "tenant" && isTenantId(item.subject) ? item.subject : null,
        message: `${item.error}: ${item.message}`.slice(0, 4000),
        evidence,
      }));
      const well = [
        ...results.filter((result) => result.failure === undefined).map(keyOf),
        executionAlert(machine, "daily"),
      ];
      await settleAlerts.run(call, { source: machine, raised, well });
      const failures = failed
        .slice(0, SHOWN)
        .map(({ subject, message }) => ({ subject, message: message.slice(0, 500) }));
      return { total: results.length, failed: failed.length, failures };
    },
  ),
} as const;
