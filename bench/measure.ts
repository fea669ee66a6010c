import { readFileSync } from "node:fs";

/** What a piece of work cost this process. Times in seconds. */
export interface Measure {
  readonly wall: number;
  readonly cpu: number;
}

const TICKS_A_SECOND = 100;

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

const childrenOf = (pid: string, thread: string): string[] =>
  read(`/proc/${pid}/task/${thread}/children`)
    .split(" ")
    .filter((child) => child !== "");

/** Processes that this one started, and those that they started, and that still run; none where the system has no /proc. */
const descendants = (): string[] => {
  const found = childrenOf("self", String(process.pid));
  for (const pid of found) found.push(...childrenOf(pid, pid));
  return found;
};

/** User and system time from /proc/PID/stat, in seconds: its own, and that of its children that have ended. */
const statTimes = (pid: string): { readonly own: number; readonly ended: number } => {
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /, "")
    .split(" ")
    .slice(11, 15)
    .map(Number);
  return { own: (utime + stime) / TICKS_A_SECOND, ended: (cutime + cstime) / TICKS_A_SECOND };
};

/** CPU seconds of the processes that this one started, and of those that they started. */
const childrenCpu = (): number =>
  descendants()
    .map(statTimes)
    .reduce((sum, { own, ended }) => sum + own + ended, statTimes("self").ended);

/** Runs work and measures wall and CPU time (user and system, all threads of this process and of those that it started). */
export const measured = async <T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly measure: Measure }> => {
  const [startedAt, cpuBefore, childrenBefore] = [performance.now(), process.cpuUsage(), childrenCpu()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpu = (user + system) / 1e6 + childrenCpu() - childrenBefore;
  return { result, measure: { wall: (performance.now() - startedAt) / 1000, cpu } };
};

/** Pages that a process holds, and those of them that others may hold as well; cheap to read, so that looking does not slow the work. */
const pagesOf = (pid: string): { readonly own: number; readonly shared: number } => {
  const [, resident = 0, shared = 0] = read(`/proc/${pid}/statm`).split(" ").map(Number);
  return { own: resident - shared, shared };
};

const PAGE_KB = 4;
const SAMPLE_MS = 100;
let mostWithChildren = 0;
const sample = (): void => {
  const running = descendants();
  if (running.length === 0) return;
  const pages = ["self", ...running].map(pagesOf);
  const own = pages.reduce((sum, process) => sum + process.own, 0);
  // Programs and buffers that several of them share are there once.
  const shared = Math.max(...pages.map((process) => process.shared));
  mostWithChildren = Math.max(mostWithChildren, (own + shared) * PAGE_KB);
};
setInterval(sample, SAMPLE_MS).unref();

const highWaterMark = (): number =>
  Number(/^VmHWM:\s+(\d+)/m.exec(read("/proc/self/status"))?.[1] ?? process.resourceUsage().maxRSS);

/**
 * The most memory this process ever held, in MB (resident set, as the kernel counts it); together with the processes that it started,
 * looked at ten times a second, where that is more.
 */
export const peakMemory = (): number => Math.round(Math.max(highWaterMark(), mostWithChildren) / 1024);

/** The last line of stdout carries a step's figures to the process that started it. */
export const report = (figures: object): void => void process.stdout.write(`${JSON.stringify(figures)}\n`);
