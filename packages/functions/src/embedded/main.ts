import { issueLocalToken, revokeLocalToken } from "@commops/core/tenants";
import { Problem } from "@commops/core/kernel";
import { effectHandlers } from "../effect-handlers.ts";
import { type EmbeddedRuntime, openRuntime } from "../runtime/embedded.ts";
import { readSettings } from "../runtime/settings.ts";
import { demoPeople, seedDemonstration } from "./seed/seed.ts";
import { clearArriving } from "../api/upload.ts";
import { listen, type LocalApi, localApi, systemCall, uploadFolderOf } from "./server.ts";
import { removeServerFile, writeServerFile } from "./server-file.ts";
import { scheduledWork, taskFunctions } from "./machines.ts";
import type { ScheduledWork } from "./scheduler.ts";
import { startWorker } from "./worker.ts";
import { welcome } from "./welcome.ts";

const log = (entry: object): void =>
  void process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** A token for the command line on this machine; none where an identity provider signs people in. */
const commandLineToken = async (runtime: EmbeddedRuntime): Promise<string | undefined> => {
  if (runtime.settings.oidc !== undefined) return undefined;
  return (await issueLocalToken.run(systemCall(runtime, "start"), {})).token;
};

const dumpName = (): string => new Date().toISOString().slice(0, 10);

/** What this process does by the clock beside what every installation does. */
const ownWork = ({ dump }: EmbeddedRuntime, local: LocalApi): ScheduledWork[] => [
  { name: "continue-runs", due: { everyMinutes: 1 }, run: () => local.continueWork() },
  ...(dump ? [{ name: "database-dump", due: { dailyAt: "02:00" }, run: () => dump(dumpName()) } as const] : []),
];

/**
 * Who may be answered may send a signal: one that comes before everything runs waits until it does, and stops it cleanly then. Later ones
 * change nothing: a terminal and npm both pass on the same Ctrl-C.
 */
const stopOnSignal = (started: Promise<() => Promise<void>>): void => {
  let isAsked = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (isAsked) return;
      isAsked = true;
      started
        .then((stop) => stop())
        .then(
          () => process.exit(0),
          (error: unknown) => {
            log({ level: "error", message: "stop", error: String(error) });
            process.exit(1);
          },
        );
    });
};

/** `npm start`: everything on one port. */
const main = async (): Promise<void> => {
  const settings = readSettings(process.env);
  if (settings.unread.length > 0)
    say(`Nothing reads ${settings.unread.join(", ")}: are they misspelt? README lists the settings.\n`);
  const runtime = await openRuntime(settings);
  if (settings.seed === "demo") await seedDemonstration(runtime, say);
  await clearArriving(uploadFolderOf(settings));
  const started = Promise.withResolvers<() => Promise<void>>();
  stopOnSignal(started.promise);
  const local = localApi(runtime, log);
  const server = await listen(local, settings.port, settings.host).catch(async (error: unknown) => {
    await runtime.close();
    throw error;
  });
  await local.resume();
  const token = await commandLineToken(runtime);
  if (token !== undefined) await writeServerFile(settings.dataDir, { url: server.url, pid: process.pid, token });
  const onError = (what: string, error: unknown): void =>
    log({ level: "error", message: what, error: error instanceof Error ? error.stack : String(error) });
  const context = {
    call: systemCall(runtime, "scheduler"),
    mailer: runtime.mailer,
    publicUrl: settings.publicUrl,
  };
  runtime.workflows.run(taskFunctions(context, onError), (arn, error) => onError(`execution ${arn}`, error));
  const worker = startWorker({
    ...context,
    handlers: effectHandlers,
    schedules: [...scheduledWork(context), ...ownWork(runtime, local)],
    onError,
  });
  say(welcome({ url: server.url, settings, people: settings.seed === "demo" ? demoPeople : [] }));

  started.resolve(async () => {
    await server.close();
    await worker.stop();
    await removeServerFile(settings.dataDir);
    if (token !== undefined) await revokeLocalToken.run(systemCall(runtime, "stop"), {});
    try {
      await runtime.dump?.(dumpName());
    } finally {
      await runtime.close();
    }
  });
};

main().catch((error: unknown) => {
  process.stderr.write(
    error instanceof Problem
      ? `commercial-ops cannot start: ${error.message}\n`
      : `${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
});
