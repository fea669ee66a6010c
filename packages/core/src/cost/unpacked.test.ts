import { expect, test } from "vitest";
import { isBomb } from "./unpacked.ts";

const MIB = 1 << 20;
test("a file that unpacks to hundreds of times its size is no cost file, once it is large", () => {
  expect(isBomb(MIB, 1025 * MIB)).toBe(true);
  expect(isBomb(MIB, 1000 * MIB)).toBe(false);
  expect(isBomb(100 * MIB, 5000 * MIB)).toBe(false);
});
