import { afterEach, expect, it, vi } from "vitest";
import { virtualTimer, wallTimer } from "./timers.ts";

afterEach(() => vi.useRealTimers());

const THIRTY_DAYS = 30 * 86_400_000;

it("the wall timer does not fire early on a wait beyond 2^31 ms", async () => {
  vi.useFakeTimers({ now: 0 });
  const awake = vi.fn();
  const slept = wallTimer.sleepUntil(THIRTY_DAYS, new AbortController().signal).then(awake);
  await vi.advanceTimersByTimeAsync(THIRTY_DAYS - 1);
  expect(awake).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await slept;
  expect(awake).toHaveBeenCalledOnce();
});

it("an ended wait rejects at once and leaves no timer behind", async () => {
  vi.useFakeTimers({ now: 0 });
  const stop = new AbortController();
  const slept = wallTimer.sleepUntil(THIRTY_DAYS, stop.signal);
  stop.abort();
  await expect(slept).rejects.toMatchObject({ name: "Aborted" });
  expect(vi.getTimerCount()).toBe(0);
});

it("the virtual timer wakes sleepers in the order of their times and shows each its own time", async () => {
  const timer = virtualTimer(0);
  const { signal } = new AbortController();
  const woken: number[] = [];
  const sleep = async (at: number): Promise<void> => {
    await timer.sleepUntil(at, signal);
    woken.push(timer.now());
  };
  await Promise.all([sleep(3 * THIRTY_DAYS), sleep(5), sleep(THIRTY_DAYS)]);
  expect(woken).toEqual([5, THIRTY_DAYS, 3 * THIRTY_DAYS]);
});

it("the virtual timer does not jump to the end of a wait that was given up", async () => {
  const timer = virtualTimer(0);
  const stop = new AbortController();
  const given = timer.sleepUntil(THIRTY_DAYS, stop.signal);
  stop.abort();
  await expect(given).rejects.toMatchObject({ name: "Aborted" });
  await timer.sleepUntil(5, new AbortController().signal);
  expect(timer.now()).toBe(5);
});
