import { randomBytes } from "node:crypto";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { derivedKey, folderKey, openVault } from "./vault.ts";

it("what is sealed is opened with the same key only, and shows nothing of itself", () => {
  const vault = openVault(randomBytes(32));
  const sealed = vault.seal("token-1");
  expect(Buffer.from(sealed, "base64").toString("latin1")).not.toContain("token");
  expect(vault.seal("token-1")).not.toBe(sealed);
  expect(vault.open(sealed)).toBe("token-1");
  expect(() => openVault(randomBytes(32)).open(sealed)).toThrow("another key");
});

it("a key made from a secret is the same each time, and another one for another secret", () => {
  expect(derivedKey("one")).toHaveLength(32);
  expect(derivedKey("one")).toEqual(derivedKey("one"));
  expect(derivedKey("one")).not.toEqual(derivedKey("two"));
});

it("one changed bit is refused", () => {
  const vault = openVault(randomBytes(32));
  const bytes = Buffer.from(vault.seal("token-1"), "base64");
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  expect(() => vault.open(bytes.toString("base64"))).toThrow("cannot be opened");
});

it("a data folder keeps its key, for its owner alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "commops-vault-"));
  const first = await folderKey(folder);
  expect(first).toHaveLength(32);
  expect(await folderKey(folder)).toEqual(first);
  expect((await stat(join(folder, "secret.key"))).mode & 0o777).toBe(0o600);
  await rm(folder, { recursive: true });
});
