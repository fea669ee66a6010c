import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@commops/core/adapters/embedded/clock.ts";
import { noCostForecast } from "@commops/core/adapters/embedded/cost-forecast.ts";
import { openEmbedded } from "@commops/core/adapters/embedded/database.ts";
import { folderSource } from "@commops/core/adapters/embedded/folder-source.ts";
import { openFiles } from "@commops/core/adapters/embedded/files.ts";
import { openLake } from "@commops/core/adapters/embedded/lake.ts";
import { lockFolder } from "@commops/core/adapters/embedded/lock.ts";
import { type Mailbox, openMailbox } from "@commops/core/adapters/embedded/mailbox.ts";
import { folderKey, openVault } from "@commops/core/adapters/embedded/vault.ts";
import { type EmbeddedWorkflows, openWorkflows } from "@commops/core/adapters/embedded/workflows.ts";
import { openDocuments } from "@commops/core/adapters/pdf/documents.ts";
import { openPostgres } from "@commops/core/adapters/postgres/database.ts";
import { openSmtp } from "@commops/core/adapters/smtp/mailer.ts";
import type { CostForecast, CostSource, Mailer } from "@commops/core/ports";
import type { World } from "@commops/core/record";
import { MACHINES } from "@commops/core/workflows";
import type { Settings } from "./settings.ts";

const definitions = Object.fromEntries(Object.entries(MACHINES).map(([name, { definition }]) => [name, definition]));

/** One machine: every port with the adapter that the settings ask for. */
export interface EmbeddedRuntime {
  readonly settings: Settings;
  readonly world: World;
  readonly workflows: EmbeddedWorkflows;
  readonly mailer: Mailer;
  /** The local outbox of mail; undefined where SMTP_URL sends mail out. */
  readonly mailbox: Mailbox | undefined;
  /** Copies the embedded database beside itself; undefined on a real Postgres, which has its own backups. */
  readonly dump: ((name: string) => Promise<string>) | undefined;
  close(): Promise<void>;
}

/** The SDK is loaded only where AWS is asked. */
const forecastOf = async (settings: Settings, opened: (() => Promise<void>)[]): Promise<CostForecast> => {
  if (settings.costForecast === "none") return noCostForecast;
  const { costExplorerClient, openCostExplorer } = await import("@commops/core/adapters/aws/cost-forecast.ts");
  const client = costExplorerClient();
  opened.push(async () => client.destroy());
  return openCostExplorer(client);
};

/** A prefix of a bucket is read with the credentials and the region that the AWS SDK finds on this machine; the SDK is loaded only then. */
const costSourcesOf = (addresses: readonly string[]): Promise<CostSource[]> =>
  Promise.all(
    addresses.map(async (address) =>
      address.startsWith("s3://")
        ? (await import("@commops/core/adapters/aws/bucket-source.ts")).bucketSource(address)
        : folderSource(address),
    ),
  );

/** Exports that are put into the data folder: `files/inbox/cur/<name>/` each. */
const inboxIn = async (dataDir: string): Promise<CostSource> => {
  const folder = join(dataDir, "files", "inbox", "cur");
  await mkdir(folder, { recursive: true });
  return folderSource(folder, true);
};

/** Opens everything under the data folder, which is locked for this process. Throws a Problem that says what is in the way. */
export const openRuntime = async (settings: Settings): Promise<EmbeddedRuntime> => {
  const lock = await lockFolder(settings.dataDir);
  const opened: (() => Promise<void>)[] = [lock.release];
  const close = async (): Promise<void> => {
    for (const step of opened.splice(0).toReversed()) await step();
  };
  try {
    const embedded =
      settings.databaseUrl === undefined
        ? await openEmbedded({ folder: join(settings.dataDir, "postgres"), dumps: join(settings.dataDir, "backups") })
        : undefined;
    const database = embedded ?? (await openPostgres(settings.databaseUrl ?? ""));
    opened.push(() => database.close());
    const lake = await openLake(join(settings.dataDir, "lake"));
    opened.push(() => lake.close());
    const files = await openFiles(settings.dataDir);
    const mailbox = settings.smtpUrl === undefined ? await openMailbox(join(settings.dataDir, "outbox")) : undefined;
    const costForecast = await forecastOf(settings, opened);
    const workflows = openWorkflows({ database, files, machines: definitions, isAlone: embedded !== undefined });
    opened.push(() => workflows.close());
    return {
      settings,
      world: {
        database,
        files,
        lake,
        documents: openDocuments(),
        costForecast,
        workflows,
        vault: openVault(settings.secretKey ?? (await folderKey(settings.dataDir))),
        costSources: [await inboxIn(settings.dataDir), ...(await costSourcesOf(settings.costSources))],
        clock: systemClock,
      },
      workflows,
      mailer: mailbox ?? openSmtp(settings.smtpUrl ?? ""),
      mailbox,
      dump: embedded?.dump,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
