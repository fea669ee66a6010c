import { z } from "zod";
import { invalid, missing, pageInput, pageOf, pageRequest, tenantIdInput } from "../kernel/index.ts";
import { action, view } from "../record/index.ts";
import { hashToken, roleMismatch } from "./identity.ts";
import {
  type ClientRow,
  deleteTokensOfClient,
  insertClient,
  readClients,
  requireTenant,
  setClientActive,
} from "./identity.store.ts";
import { freshToken } from "./tokens.action.ts";
import { roleInput } from "./users.action.ts";

const shown = (row: Omit<ClientRow, "secretHash">) => ({
  client_id: row.clientId,
  client_name: row.clientName,
  role: row.role,
  tenant_id: row.tenantId,
  is_active: row.isActive,
  created_at: row.createdAt.toISOString(),
});

/** Adds a machine. Its secret is in the answer and nowhere else. */
export const createClient = action(
  "client.create",
  {
    needs: "admin",
    input: z.object({
      client_name: z.string().min(1).max(200),
      role: roleInput.exclude(["approver"]),
      tenant_id: tenantIdInput.optional(),
    }),
  },
  (door, input) => {
    const mismatch = roleMismatch(input.role, input.tenant_id);
    if (mismatch !== undefined) throw invalid("role", mismatch);
    const clientId = `CLI-${door.clock.id()}`;
    const secret = freshToken();
    const tenantId = input.tenant_id;
    const metadata = { role: input.role };
    return door.save({ objectType: "api_client", objectId: clientId, tenantId, metadata }, async (tx) => {
      if (tenantId !== undefined) await requireTenant(tx, tenantId);
      const row = {
        clientId,
        clientName: input.client_name,
        role: input.role,
        tenantId: tenantId ?? null,
        isActive: true,
        createdAt: door.now,
      };
      await insertClient(tx, { ...row, secretHash: hashToken(secret) });
      return { ...shown(row), client_secret: secret };
    });
  },
);

/** Takes a machine's access away, or gives it back. */
export const changeClient = action(
  "client.change",
  { needs: "admin", input: z.object({ client_id: z.string(), is_active: z.boolean() }) },
  (door, input) =>
    door.save({ objectType: "api_client", objectId: input.client_id, metadata: { ...input } }, async (tx) => {
      const row = await setClientActive(tx, input.client_id, input.is_active);
      if (!row) throw missing("client", input.client_id);
      if (!input.is_active) await deleteTokensOfClient(tx, input.client_id);
      return shown(row);
    }),
);

export const listClients = view("client.list", { needs: "admin", input: z.object(pageInput) }, async (door, input) => {
  const request = pageRequest(input.page_size, input.page_token);
  const rows = await door.load((tx) => readClients(tx, request.after, request.size + 1));
  const page = pageOf(rows, request, (row) => row.clientId);
  return { clients: page.rows.map(shown), next_page_token: page.nextToken ?? null };
});
