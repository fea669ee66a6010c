import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invalid, precondition } from "../../kernel/index.ts";
import type { Vault } from "../../ports/index.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

/** A vault with a key of 32 bytes (AES-256-GCM). Throws an invalid Problem on a key of another length. */
export const openVault = (key: Uint8Array): Vault => {
  if (key.length !== KEY_BYTES)
    throw invalid("COMMOPS_SECRET_KEY", `has ${key.length} bytes; write ${KEY_BYTES} random ones as base64`);
  return {
    seal: (text) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce);
      const content = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), content]).toString("base64");
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, "base64");
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES));
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch (error) {
        throw precondition(
          `a sealed value cannot be opened (${error instanceof Error ? error.message : String(error)}): it was sealed with another key. Put the key back that was used then.`,
        );
      }
    },
  };
};

/** A key that is made from a secret that has another purpose, and says nothing of it (HKDF, RFC 5869). */
export const derivedKey = (secret: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, "", "commercial-ops vault", KEY_BYTES));

/** The key of a data folder, made when it is asked for first. Only its owner may read it. */
export const folderKey = async (folder: string): Promise<Uint8Array> => {
  const path = join(folder, "secret.key");
  const kept = (): Promise<Buffer> => readFile(path).then((bytes) => Buffer.from(bytes.toString("utf8"), "base64"));
  try {
    await writeFile(path, randomBytes(KEY_BYTES).toString("base64"), { flag: "wx", mode: 0o600 });
    await chmod(path, 0o600);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return kept();
};
