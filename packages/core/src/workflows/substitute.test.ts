import { expect, it } from "vitest";
import { substitute } from "./substitute.ts";

const resolve = {
  task: (name: string) => (name === "a" ? "arn:task" : undefined),
  machine: (name: string) => `arn:machine:${name}`,
  bucket: (name: string) => `b-${name}`,
};

it("every reference is put as the engine knows it, wherever it stands, and nothing else changes", () => {
  const definition = {
    x: ["${task:a}", { y: "s3://${bucket:files}/k" }],
    z: "${machine:m}",
    n: 1,
    t: "{% $states.input %}",
  };
  expect(substitute(definition, resolve)).toEqual({
    x: ["arn:task", { y: "s3://b-files/k" }],
    z: "arn:machine:m",
    n: 1,
    t: "{% $states.input %}",
  });
});

it("a reference that leads nowhere is refused by name", () => {
  expect(() => substitute({ a: "${task:b}" }, resolve)).toThrow("${task:b}");
});
