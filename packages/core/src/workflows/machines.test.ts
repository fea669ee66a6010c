import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import type { Json } from "../kernel/index.ts";
import { definitionFaults } from "./faults.ts";
import { MACHINES } from "./machines.ts";
import { TASKS } from "./tasks.ts";

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
const textsOf = (value: Json): string[] =>
  typeof value === "string"
    ? [value]
    : value === null || typeof value !== "object"
      ? []
      : Object.values(value).flatMap((item: Json | undefined) => (item === undefined ? [] : textsOf(item)));

describe.each(Object.entries(MACHINES))("%s", (_name, { definition, type }) => {
  it("keeps the rules of the house", () => {
    expect(definitionFaults(plain(definition), type)).toEqual([]);
  });

  it("has no expression that cannot be read", () => {
    for (const text of textsOf(plain(definition)))
      if (text.startsWith("{%")) expect(() => jsonata(text.slice(2, -2)), text).not.toThrow();
  });
});

it("every task is called by a machine or by a schedule of its own", () => {
  const called = new Set(
    textsOf(plain(MACHINES)).flatMap((text) => [...text.matchAll(/\$\{task:([^}]*)\}/g)].map((match) => match[1])),
  );
  const alone = Object.keys(TASKS).filter((name) => !called.has(name));
  expect(alone).toEqual([
    "sweep-approvals",
    "remind-approvers",
    "dispatch-effects",
    "seal-audit",
    "continue-runs",
    "remove-journals",
  ]);
});
