import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Files } from "../src/ports/index.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** What every adapter of the Files port keeps. */
export const filesContract = (files: () => Files): void => {
  test("what was put is got, listed below its prefix in text order, and readable at a local path", async () => {
    await files().put("a/two.txt", bytes("2"));
    await files().put("a/one.txt", bytes("1"));
    await files().put("ab/three.txt", bytes("3"));
    expect(Buffer.from(await files().get("a/one.txt")).toString()).toBe("1");
    expect(await files().list("a/")).toEqual(["a/one.txt", "a/two.txt"]);
    expect(await files().list("a")).toEqual(["a/one.txt", "a/two.txt", "ab/three.txt"]);
    expect(await files().list("nowhere/")).toEqual([]);
    expect(await readFile(await files().localPath("a/two.txt"), "utf8")).toBe("2");
    expect([await files().has("a/one.txt"), await files().has("a/four.txt")]).toEqual([true, false]);
  });

  test("a key is never overwritten: the same bytes change nothing, other bytes are refused and the first stay", async () => {
    await files().put("once.txt", bytes("first"));
    await files().put("once.txt", bytes("first"));
    await expect(files().put("once.txt", bytes("second"))).rejects.toMatchObject({ kind: "exists" });
    const path = await files().scratchPath(".txt");
    await writeFile(path, "third");
    await expect(files().putFile("once.txt", path)).rejects.toMatchObject({ kind: "exists" });
    expect(Buffer.from(await files().get("once.txt")).toString()).toBe("first");
  });

  test("of two writers of one key at once, one wins and the other is told", async () => {
    const writes = ["x", "y", "z"].map((text) => files().put("race.txt", bytes(text)));
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    const winner = ["x", "y", "z"][outcomes.findIndex((outcome) => outcome.status === "fulfilled")];
    expect(Buffer.from(await files().get("race.txt")).toString()).toBe(winner);
  });

  test("a scratch file becomes a key and is gone, and a discarded one is gone", async () => {
    const path = await files().scratchPath(".csv");
    await writeFile(path, "lines");
    await files().putFile("lines.csv", path);
    await expect(readFile(path)).rejects.toThrow(/ENOENT/);
    expect(Buffer.from(await files().get("lines.csv")).toString()).toBe("lines");
    const other = await files().scratchPath(".csv");
    await writeFile(other, "lines");
    await files().discard(other);
    await files().discard(other);
    await expect(readFile(other)).rejects.toThrow(/ENOENT/);
  });

  test("a state key may be replaced", async () => {
    await files().replace("state.json", bytes("1"));
    await files().replace("state.json", bytes("2"));
    expect(Buffer.from(await files().get("state.json")).toString()).toBe("2");
  });

  test("what is not there is missing, and a key cannot leave the storage", async () => {
    await expect(files().get("nothing")).rejects.toMatchObject({ kind: "missing" });
    await expect(files().localPath("nothing")).rejects.toMatchObject({ kind: "missing" });
    for (const key of ["../outside", "/etc/passwd", "a/../../outside", "", "a\0b"])
      await expect(files().put(key, bytes("x"))).rejects.toMatchObject({ kind: "invalid" });
  });
};
