import { z } from "zod";
import { command } from "../command.ts";

export const token = command({
  name: "token",
  description: "Print a bearer token for a role, on this machine",
  args: {
    role: {
      type: "string",
      description:
        "billing_operator, approver, finance, platform_engineer, auditor, admin, tenant_admin or tenant_user",
      required: true,
    },
    tenant: { type: "string", description: "The tenant of a tenant's role" },
    user: { type: "string", description: "The person who holds it; needed for approver" },
  },
  work: async (api, args) => {
    const issued = z.looseObject({ token: z.string() }).parse(
      await api.request("POST", "/tokens", {
        role: args.role,
        ...(args.tenant === undefined ? {} : { tenant_id: args.tenant }),
        ...(args.user === undefined ? {} : { user_name: args.user }),
      }),
    );
    return { json: issued, lines: [issued.token], exit: 0 };
  },
});
