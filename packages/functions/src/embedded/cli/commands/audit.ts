import { defineCommand } from "citty";
import { z } from "zod";
import { command } from "../command.ts";

const verdict = z.looseObject({
  ok: z.boolean(),
  checked: z.number(),
  unsealed: z.number(),
  first_bad: z.object({ position: z.string(), reason: z.string() }).nullable(),
});

const verify = command({
  name: "verify",
  description: "Check the hash chain over all audit events",
  args: {},
  work: async (api) => {
    const found = verdict.parse(await api.request("POST", "/audit:verify"));
    const line = found.ok
      ? `ok: ${found.checked} events chained, ${found.unsealed} not chained yet`
      : `broken at position ${found.first_bad?.position ?? "?"}: ${found.first_bad?.reason ?? "?"}`;
    return { json: found, lines: [line], exit: found.ok ? 0 : 1 };
  },
});

export const audit = defineCommand({ meta: { name: "audit", description: "Audit trail" }, subCommands: { verify } });
