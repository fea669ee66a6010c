import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { bucketSource } from "@commops/core/adapters/aws/bucket-source.ts";
import { type Clients, openClients } from "@commops/core/adapters/aws/clients.ts";
import { openAthenaLake } from "@commops/core/adapters/aws/athena/lake.ts";
import { openStorage } from "@commops/core/adapters/aws/athena/storage.ts";
import { openCostExplorer } from "@commops/core/adapters/aws/cost-forecast.ts";
import { type BucketFiles, openFiles } from "@commops/core/adapters/aws/files.ts";
import { openSes } from "@commops/core/adapters/aws/mailer.ts";
import { openWorkflows } from "@commops/core/adapters/aws/workflows.ts";
import { systemClock } from "@commops/core/adapters/embedded/clock.ts";
import { derivedKey, openVault } from "@commops/core/adapters/embedded/vault.ts";
import { openDocuments } from "@commops/core/adapters/pdf/documents.ts";
import { connectPostgres, migratePostgres } from "@commops/core/adapters/postgres/database.ts";
import { ensureLogin } from "@commops/core/adapters/postgres/login.ts";
import type { Lake, Mailer } from "@commops/core/ports";
import type { World } from "@commops/core/record";
import { COST_INBOX, COST_LAKE, lakeFolder } from "@commops/core/workflows";
import { z } from "zod";
import type { AwsSettings } from "./aws-settings.ts";
import { readEnvironment, urlOf, type Variables } from "./environment.ts";

/** A function in AWS: every port with its adapter there. Nothing connects before it is used. */
export interface AwsRuntime {
  readonly settings: AwsSettings;
  readonly world: World;
  readonly mailer: Mailer;
  readonly files: BucketFiles;
  close(): Promise<void>;
}

/** Longer than any query of ours takes; the function's own time ends sooner where it is shorter. */
const LONGEST_QUERY_MS = 600_000;

/** The lake of columnar files, as stacks/analytics.ts lays it out in the bucket of the product's files. */
const openLake = ({ filesBucket, athena }: AwsSettings, clients: Clients): Lake =>
  openAthenaLake({
    athena: {
      client: clients.athena,
      database: athena.database,
      workGroup: athena.workGroup,
      longest: LONGEST_QUERY_MS,
      sleep: (milliseconds) => setTimeout(milliseconds),
      now: Date.now,
    },
    storage: openStorage(clients.storage),
    tables: COST_LAKE.tables.map((name) => ({ name, folder: `s3://${filesBucket}/${lakeFolder(name)}` })),
    scratchFolder: `s3://${filesBucket}/athena/scratch/`,
    bucketBy: "source_digest",
  });

/** Opens the adapters once a container; credentials and region are those of the function. */
export const openAwsRuntime = (settings: AwsSettings): AwsRuntime => {
  const clients = openClients();
  const database = connectPostgres(settings.databaseUrl, { connections: 1, isProxied: true });
  const files = openFiles({
    client: clients.storage,
    bucket: settings.filesBucket,
    scratch: join(tmpdir(), `commops-${randomUUID()}`),
  });
  const from = { name: "", address: settings.mail.sender };
  return {
    settings,
    files,
    world: {
      database,
      files,
      lake: openLake(settings, clients),
      documents: openDocuments(),
      costForecast: openCostExplorer(clients.costs),
      workflows: openWorkflows(clients.states, settings.machines),
      vault: openVault(derivedKey(settings.tokenSecret)),
      // What AWS delivers is copied there, and stays there with the files of the product.
      costSources: [bucketSource(`s3://${settings.filesBucket}/${COST_INBOX}`, clients.storage, true)],
      clock: systemClock,
    },
    mailer: openSes(clients.mail, { from, configurationSet: settings.mail.configurationSet }),
    close: () => database.close(),
  };
};

const migration = z.object({
  DATABASE_URL: urlOf(["postgres:", "postgresql:"], "the database itself, as the owner of its tables"),
  COMMOPS_LOGIN_USER: z.string("is missing (the login that functions use)"),
  COMMOPS_LOGIN_PASSWORD: z.string("is missing (the password of that login)"),
});

/** Brings the tables up to date and makes the login of the other functions. Throws a Problem that shows no password. */
export const migrateDatabase = async (env: Variables): Promise<void> => {
  const { found } = readEnvironment(migration, env, () => undefined);
  await migratePostgres(found.DATABASE_URL);
  await ensureLogin(found.DATABASE_URL, { user: found.COMMOPS_LOGIN_USER, password: found.COMMOPS_LOGIN_PASSWORD });
};
