import { MACHINES } from "@commops/core/workflows";
import type { World } from "./function.ts";
import { machineArn } from "./permissions.ts";
import type { Secrets } from "./secrets.ts";
import { publicUrl, settings } from "./stage.ts";

type Parts = Omit<World, "environment"> & { readonly secrets: Secrets };

/** The settings of every function, which packages/functions/src/runtime/aws.ts reads. Kept encrypted by our key. */
export const environmentOf = ({ storage, database, mail, analytics, secrets }: Parts) => ({
  DATABASE_URL: database.url,
  COMMOPS_FILES_BUCKET: storage.files.name,
  COMMOPS_MACHINES: $util.jsonStringify(
    Object.fromEntries(Object.keys(MACHINES).map((machine) => [machine, machineArn(machine)])),
  ),
  COMMOPS_ATHENA_WORKGROUP: analytics.workgroup,
  COMMOPS_GLUE_DATABASE: analytics.database,
  COMMOPS_MAIL_SENDER: mail.sender,
  COMMOPS_MAIL_CONFIGURATION_SET: mail.configurationSet,
  COMMOPS_LINK_SECRET: secrets.links,
  COMMOPS_TOKEN_SECRET: secrets.tokens,
  COMMOPS_SECURE_COOKIE: "true",
  PUBLIC_URL: publicUrl,
  OIDC_ISSUER: settings.OIDC_ISSUER,
  OIDC_CLIENT_ID: settings.OIDC_CLIENT_ID,
  OIDC_CLIENT_SECRET: secrets.oidcClient,
});
