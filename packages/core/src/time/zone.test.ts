import { expect, it } from "vitest";
import { dayInZone } from "./zone.ts";

it("a zone's day is the one its clock shows, also across a clock change", () => {
  expect(dayInZone(new Date("2024-08-01T23:00Z"), "America/Los_Angeles")).toBe("2024-08-01");
  expect(dayInZone(new Date("2024-08-03T01:00Z"), "America/Los_Angeles")).toBe("2024-08-02");
  expect(dayInZone(new Date("2024-11-04T00:30Z"), "America/New_York")).toBe("2024-11-03");
  expect(dayInZone(new Date("2024-07-15T15:00Z"), "Asia/Tokyo")).toBe("2024-07-16");
  expect(dayInZone(new Date("2024-07-15T15:00Z"), "UTC")).toBe("2024-07-15");
});

it("an unknown zone is refused", () => {
  expect(() => dayInZone(new Date(0), "Mars/Olympus")).toThrow(RangeError);
});
