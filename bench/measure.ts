import { readFileSync } from "node:fs";

/** What a piece of work cost this process. Times in seconds. */
export interface Measure {
  readonly wall: number;
  readonly cpu: number;
}

/** Runs work and measures wall and CPU time (user and system, all threads of this process). */
export const measured = async <T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly measure: Measure }> => {
  const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const cpu = process.cpuUsage(cpuBefore);
  return { result, measure: { wall: (performance.now() - startedAt) / 1000, cpu: (cpu.user + cpu.system) / 1e6 } };
};

const highWaterMark = (): number => {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? Number.NaN);
  } catch {
    return process.resourceUsage().maxRSS;
  }
};

/** The most memory this process ever held, in MB (resident set, as the kernel counts it). */
export const peakMemory = (): number => Math.round(highWaterMark() / 1024);

/** The last line of stdout carries a step's figures to the process that started it. */
export const report = (figures: object): void => void process.stdout.write(`${JSON.stringify(figures)}\n`);
