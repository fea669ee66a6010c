import { makeDatabase } from "./database.ts";
import { makeKeys } from "./keys.ts";
import { makeMail } from "./mail.ts";
import { makeNetwork } from "./network.ts";
import { tagEverything } from "./stage.ts";
import { makeStorage } from "./storage.ts";

/** The whole of a stage, in the order in which its parts need each other. */
export const makeAll = () => {
  tagEverything();
  const key = makeKeys();
  const network = makeNetwork(key);
  const storage = makeStorage(key);
  const database = makeDatabase(network, key);
  const mail = makeMail(key);
  return { sender: mail.email.sender, files: storage.files.name, database: database.aurora.host };
};
