import { Problem } from "@commops/core/kernel";
import { readSettings } from "../../runtime/settings.ts";
import { readServerFile } from "../server-file.ts";
import { type Connection, type Fetch, requester } from "./requester.ts";

const overHttp =
  (url: string): Fetch =>
  async (request) => {
    try {
      return await fetch(request);
    } catch (error) {
      throw new Problem(
        "transient",
        "INTERNAL",
        `the server at ${url} does not answer (any more). Try again; if it stays, look at the server.`,
        { cause: error },
      );
    }
  };

/** Opens the API: through the running server of DATA_DIR, or by opening the data folder in this process. */
export const connect = async (): Promise<Connection> => {
  const settings = readSettings(process.env);
  const server = await readServerFile(settings.dataDir);
  if (server)
    return { request: requester(server.url, server.token, overHttp(server.url)), close: () => Promise.resolve() };
  // Databases are loaded only where this process opens them.
  const { openHere } = await import("./own-process.ts");
  return openHere(settings);
};
