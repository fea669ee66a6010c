import { makeAlarms } from "./alarms.ts";
import { makeAnalytics } from "./analytics.ts";
import { makeApi } from "./api.ts";
import { makeDatabase } from "./database.ts";
import { environmentOf } from "./environment.ts";
import { makeKeys } from "./keys.ts";
import { makeMail } from "./mail.ts";
import { makeMigrations } from "./migrate.ts";
import { makeNetwork } from "./network.ts";
import { makeSchedules } from "./schedules.ts";
import { makeSecrets } from "./secrets.ts";
import { tagEverything } from "./stage.ts";
import { makeStorage } from "./storage.ts";
import { makeTasks } from "./tasks.ts";
import { makeWeb } from "./web.ts";
import { makeMachines } from "./workflows.ts";

/** The whole of a stage, in the order in which its parts need each other. */
export const makeAll = () => {
  tagEverything();
  const key = makeKeys();
  const secrets = makeSecrets();
  const network = makeNetwork(key);
  const storage = makeStorage(key);
  const database = makeDatabase(network, key);
  const mail = makeMail(key);
  const analytics = makeAnalytics(key, storage);
  const parts = { key, secrets, network, storage, database, mail, analytics };
  const world = { ...parts, environment: environmentOf(parts) };
  const tasks = makeTasks(world);
  const machines = makeMachines({ key, storage, tasks });
  const { dead } = makeSchedules({ key, storage, tasks, machines });
  const api = makeApi(world);
  const web = makeWeb(storage, api);
  const migrations = makeMigrations(world);
  const functions = new Map([...tasks, ["api", api.handler], ["stream", api.stream], ["migrate", migrations]] as const);
  makeAlarms({ key, machines, functions, queues: new Map([["dead-letters", dead]]), database, api });
  return {
    dashboard: web.url,
    costDeliveries: storage.cur.name,
    files: storage.files.name,
    migrate: migrations.name,
    mailSender: mail.sender,
  };
};
