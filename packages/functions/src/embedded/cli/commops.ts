import { defineCommand, runMain } from "citty";
import { version } from "../version.ts";
import { audit } from "./commands/audit.ts";
import { allocate, cost } from "./commands/cost.ts";
import { cur } from "./commands/cur.ts";
import { tenants, usage } from "./commands/imports.ts";
import { invoice } from "./commands/invoice.ts";
import { token } from "./commands/token.ts";

const main = defineCommand({
  meta: {
    name: "commops",
    version,
    description: "Commercial-Ops on this machine, through the running server when there is one",
  },
  subCommands: { cur, cost, allocate, tenants, usage, invoice, audit, token },
});

await runMain(main);
