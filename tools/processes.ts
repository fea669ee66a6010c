import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A loopback port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no free loopback port");
  return address.port;
};

export const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** Sends a signal and waits until the child has ended. */
export const stop = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (!isRunning(child)) return;
  const end = once(child, "exit");
  child.kill(signal);
  await end;
};

/** Whether a process of the group got the signal; 0 only asks whether there is one. */
const signalGroup = (leader: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
};

/** Sends a signal to the group that a detached child leads and waits until all of it has ended; after `patience` ms it is killed. */
export const stopGroup = async (child: ChildProcess, signal: NodeJS.Signals, patience = 20_000): Promise<void> => {
  const leader = child.pid;
  if (leader === undefined || !signalGroup(leader, signal)) return;
  const deadline = performance.now() + patience;
  while (signalGroup(leader, 0)) {
    if (performance.now() > deadline) {
      signalGroup(leader, "SIGKILL");
      throw new Error(`process group ${leader} did not end within ${patience / 1000} s of ${signal}`);
    }
    await sleep(50);
  }
};
