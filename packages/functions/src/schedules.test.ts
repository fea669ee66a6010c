import { expect, it } from "vitest";
import { scheduleExpression, SCHEDULES } from "./schedules.ts";

it("a schedule's name is its own: what ran is kept by it", () => {
  expect(new Set(SCHEDULES.map(({ name }) => name)).size).toBe(SCHEDULES.length);
});

it("due times are written as EventBridge Scheduler reads them", () => {
  expect(scheduleExpression({ dailyAt: "03:05" })).toBe("cron(5 3 * * ? *)");
  expect(scheduleExpression({ dailyAt: "06:00", fromDay: 15 })).toBe("cron(0 6 15-31 * ? *)");
  expect(scheduleExpression({ everyMinutes: 1 })).toBe("rate(1 minute)");
  expect(scheduleExpression({ everyMinutes: 5 })).toBe("rate(5 minutes)");
});
