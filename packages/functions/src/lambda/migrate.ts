import { writeLog } from "../aws/log.ts";
import { migrateDatabase } from "../runtime/aws.ts";

/** Brings the tables up to date as their owner, and makes the login of the other functions. Safe to repeat. */
export const handler = async (): Promise<{ readonly migrated: true }> => {
  await migrateDatabase(process.env);
  writeLog({ level: "info", message: "migrated" });
  return { migrated: true };
};
