import { expect, test } from "vitest";
import { risingIds, systemClock } from "./clock.ts";

test("ids rise with time, and go on rising where the clock is set back", () => {
  const hour = 3_600_000;
  const start = Date.UTC(2026, 0, 1);
  const instants = [start, start + 1, start + hour, start + 5, start + 6, start + 7, start + hour + 1];
  const next = risingIds(() => instants.shift() ?? 0);
  const ids = Array.from({ length: 7 }, next);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids.map((id) => id.slice(0, 10))).size).toBe(ids.length);
});

test("an id is 26 letters and digits that begin with the present time", () => {
  const before = risingIds(Date.now)().slice(0, 10);
  expect(systemClock.id()).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  expect(systemClock.id().slice(0, 10) >= before).toBe(true);
});
