import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "@commops/core/synthetic";
import { type ServerProcess, spawnServer } from "./server.ts";

interface Plan {
  /** The same seed kills after the same requests. */
  readonly seed: number;
  readonly kills: number;
  /** Requests that an undisturbed month sends: the kills are spread over them. */
  readonly requests: number;
}

/** A server that is killed without warning at random moments and started again, as often as planned. */
export interface DoomedServer {
  readonly base: string;
  /** Tell it of every request: a kill comes shortly after a random one. */
  onSend(): void;
  kills(): number;
  /** No more kills from now on; answers when a server is healthy. */
  spare(): Promise<void>;
  stop(): Promise<void>;
}

/** One kill in five comes while the server starts, the others within a moment after a request was sent. */
const AFTER_SEND_MS = 120;
const WHILE_STARTING_MS = 2500;
const STARTING_PERCENT = 20;
/** Below 2, so that chance rarely leaves a kill over. */
const SPREAD = 1.6;

export const doomedServer = async (folder: string, port: number, plan: Plan): Promise<DoomedServer> => {
  const random = randomFrom(plan.seed);
  let [killed, sent, countdown, isSpared] = [0, 0, 0, false];
  let restarting: Promise<void> | undefined;
  const mayKill = (): boolean => !isSpared && killed < plan.kills;
  /** Requests until the next kill, so that the kills that are left fit into the requests that are left. */
  const nextGap = (): number => {
    const left = Math.max(1, plan.requests - sent);
    return random.between(1, Math.max(1, Math.floor((SPREAD * left) / Math.max(1, plan.kills - killed))));
  };

  const start = async (): Promise<ServerProcess> => {
    const server = spawnServer(folder, port);
    if (killed > 0 && mayKill() && random.chance(STARTING_PERCENT)) {
      await sleep(random.below(WHILE_STARTING_MS));
      killed += 1;
      await server.stop("SIGKILL");
      return start();
    }
    await server.untilHealthy();
    countdown = nextGap();
    return server;
  };

  let server = await start();
  const killSoon = async (): Promise<void> => {
    await sleep(random.below(AFTER_SEND_MS));
    killed += 1;
    await server.stop("SIGKILL");
    server = await start();
    restarting = undefined;
  };
  return {
    base: server.base,
    onSend: () => {
      if (restarting !== undefined || !mayKill()) return;
      sent += 1;
      countdown -= 1;
      if (countdown > 0) return;
      restarting = killSoon();
      // Whoever waits hears of it: spare().
      restarting.catch(() => undefined);
    },
    kills: () => killed,
    spare: async () => {
      isSpared = true;
      await restarting;
    },
    stop: () => server.stop("SIGTERM"),
  };
};
