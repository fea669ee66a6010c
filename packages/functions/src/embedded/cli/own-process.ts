import { sealAudit, type World } from "@commops/core/record";
import { issueLocalToken, revokeLocalToken } from "@commops/core/tenants";
import { openRuntime } from "../../runtime/embedded.ts";
import type { Settings } from "../../runtime/settings.ts";
import { localApi, systemCall } from "../server.ts";
import { type Connection, requester } from "./requester.ts";

/** Chains what was written here: no server does, where only commands work on a folder. */
const sealAll = async (world: World): Promise<void> => {
  while ((await sealAudit(world)).sealed > 0);
};

/** Opens the data folder in this process, with the same API as the server. Throws a Problem when another process has the folder. */
export const openHere = async (settings: Settings): Promise<Connection> => {
  const runtime = await openRuntime(settings);
  const local = localApi(
    { ...runtime, settings: { ...settings, rateLimit: Number.MAX_SAFE_INTEGER } },
    () => undefined,
  );
  const call = systemCall(runtime, "command-line");
  const { token } = await issueLocalToken.run(call, {});
  return {
    request: requester("http://local", token, (request) => local.api.fetch(request)),
    close: async () => {
      await local.settle();
      await revokeLocalToken.run(call, {});
      await sealAll(call.world);
      await runtime.close();
    },
  };
};
