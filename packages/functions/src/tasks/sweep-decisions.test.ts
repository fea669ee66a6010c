import { listAlerts } from "@commops/core/alerts";
import { decideInvoice, getInvoice } from "@commops/core/invoicing";
import type { ExecutionSummary, Vault } from "@commops/core/ports";
import { type InvoicingWorld, invoicingWorld } from "@commops/core/testing/invoicing.ts";
import { openVault } from "@commops/core/adapters/embedded/vault.ts";
import { afterEach, describe, expect, test } from "vitest";
import {
  type ApprovalEngine,
  embeddedEngine,
  type OpenApprovalEngine,
  stepFunctionsEngine,
} from "../../testing/approval-engines.ts";
import { effectHandlers } from "../effect-handlers.ts";
import { dispatchEffects } from "../effects.ts";
import { performTask } from "../tasks.ts";

const engines: readonly [string, OpenApprovalEngine][] = [
  ["the embedded engine", embeddedEngine],
  ["Step Functions", stepFunctionsEngine],
];

describe.each(engines)("on %s", (_name, openEngine) => {
  let month: InvoicingWorld;
  let engine: ApprovalEngine;
  afterEach(async () => {
    await engine.close();
    await month.world.close();
  });

  const open = async (...tenants: readonly string[]): Promise<void> => {
    month = await invoicingWorld(tenants);
    engine = await openEngine(month.world);
  };
  const workflows = () => engine.context.call.world.workflows;
  const eventually = async (isSo: () => Promise<boolean>, what: string): Promise<void> => {
    for (const end = Date.now() + 60_000; !(await isSo());) {
      if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const statusOf = async (invoice_id: `INV-${string}`) => (await getInvoice.run(month.admin, { invoice_id })).status;

  /** A draft whose execution waits, and the decision that was stored before anything else could be done. */
  const decided = async (tenant: string) => {
    const { invoice_id, digest } = await month.generate(tenant);
    const started = { machine: "invoice-approval", name: `${invoice_id}.r1`, input: { invoice_id, digest } };
    const { executionArn } = await workflows().start(started);
    await eventually(async () => (await statusOf(invoice_id)) === "pending_approval", "the request");
    await decideInvoice.run(month.approver, { invoice_id, digest });
    return { invoice_id, executionArn };
  };
  const later = (seconds: number): void =>
    month.world.clock.set(new Date(month.world.clock.now().getTime() + seconds * 1000).toISOString());
  const sweep = () => performTask("sweep-approvals", engine.context, {});
  const executions = async (): Promise<readonly ExecutionSummary[]> =>
    (await workflows().list({ machine: "invoice-approval", size: 50 })).rows;
  const allEnded = (): Promise<void> =>
    eventually(async () => (await executions()).every(({ status }) => status !== "RUNNING"), "the end of all");
  const invoiceMails = () => engine.mails.filter(({ subject }) => subject.startsWith("Invoice "));

  test("a decision that was not told, since the server died or the engine is away, is told again until its execution has taken it", async () => {
    await open("TEN-A");
    const { invoice_id, executionArn } = await decided("TEN-A");
    later(30);
    expect(await sweep()).toEqual({ answered: 0, waiting: 0, returned: 0 });
    later(31);
    engine.loseAnswers(2);
    expect(await sweep()).toEqual({ answered: 0, waiting: 1, returned: 0 });
    expect(await sweep()).toEqual({ answered: 0, waiting: 1, returned: 0 });
    expect(await sweep()).toEqual({ answered: 1, waiting: 0, returned: 0 });
    await allEnded();
    expect(await workflows().describe(executionArn)).toMatchObject({
      status: "SUCCEEDED",
      output: { outcome: "issued", invoice_id },
    });
    expect(await sweep()).toEqual({ answered: 0, waiting: 0, returned: 0 });
    expect(await dispatchEffects(engine.context, effectHandlers)).toMatchObject({ failed: 0 });
    expect(await executions()).toHaveLength(1);
    expect(invoiceMails()).toHaveLength(1);
  });

  test("a decision that was taken, though nobody heard that it was, is settled and its effects stay as they are", async () => {
    await open("TEN-A");
    const { invoice_id } = await decided("TEN-A");
    later(61);
    engine.loseReply();
    await sweep();
    await allEnded();
    const first = await getInvoice.run(month.admin, { invoice_id });
    expect(first.status).toBe("issued");
    await sweep();
    await allEnded();
    expect((await executions()).map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    expect(await sweep()).toEqual({ answered: 0, waiting: 0, returned: 0 });
    expect(await executions()).toHaveLength(2);
    expect(await getInvoice.run(month.admin, { invoice_id })).toEqual(first);
    expect(invoiceMails()).toHaveLength(1);
  });

  test("where the execution has ended the token is settled, and one continuation does what was decided", async () => {
    await open("TEN-A");
    const { invoice_id, executionArn } = await decided("TEN-A");
    await workflows().stop(executionArn, { error: "Stopped", cause: "by hand" });
    later(61);
    expect(await sweep()).toEqual({ answered: 1, waiting: 0, returned: 0 });
    expect(await sweep()).toEqual({ answered: 0, waiting: 0, returned: 0 });
    await allEnded();
    expect(await statusOf(invoice_id)).toBe("issued");
    expect((await executions()).map(({ name }) => name)).toEqual([
      expect.stringMatching(/^APR-.*\.decided$/),
      `${invoice_id}.r1`,
    ]);
  });

  test("a token that cannot be read holds up no other and is settled; what is late raises an alert until all are told", async () => {
    await open("TEN-A", "TEN-B");
    const [first, second] = [await decided("TEN-A"), await decided("TEN-B")];
    later(16 * 60);
    const { call } = engine.context;
    const resealed = {
      ...engine.context,
      call: { ...call, world: { ...call.world, vault: forgetful(call.world.vault) } },
    };
    engine.loseAnswers(2);
    expect(await sweep()).toEqual({ answered: 0, waiting: 2, returned: 0 });
    const alerts = async () => (await listAlerts.run(month.admin, { state: "open" })).alerts;
    expect(await alerts()).toMatchObject([{ source: "sweep-approvals", level: "critical" }]);
    expect(await performTask("sweep-approvals", resealed, {})).toEqual({ answered: 2, waiting: 0, returned: 0 });
    expect(await alerts()).toEqual([]);
    expect(await sweep()).toEqual({ answered: 0, waiting: 0, returned: 0 });
    await eventually(
      async () => (await executions()).filter(({ status }) => status === "SUCCEEDED").length === 2,
      "the one that was told, and the continuation of the other",
    );
    for (const { invoice_id } of [first, second]) expect(await statusOf(invoice_id)).toBe("issued");
    expect(await executions()).toHaveLength(3);
  });
});

/** A vault whose first value was sealed with a key that is gone. */
const forgetful = (vault: Vault): Vault => {
  let isFirst = true;
  return {
    seal: vault.seal,
    open: (sealed) => {
      const key = isFirst ? otherVault : vault;
      isFirst = false;
      return key.open(sealed);
    },
  };
};
const otherVault = openVault(new Uint8Array(32).fill(9));
