import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

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

/** Sends a signal, to the child's whole group when it leads one, and waits until the child has ended. */
export const stop = async (child: ChildProcess, signal: NodeJS.Signals, group = false): Promise<void> => {
  if (!isRunning(child) || child.pid === undefined) return;
  const end = once(child, "exit");
  process.kill(group ? -child.pid : child.pid, signal);
  await end;
};
