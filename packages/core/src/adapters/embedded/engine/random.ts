import { createHash } from "node:crypto";

/** Random values of one step: the same seed and key give the same values again, so that a step looks the same when it is run again. */
export interface Random {
  /** From 0 to below 1. */
  number(): number;
  /** A UUID of version 4. */
  uuid(): string;
  /** 64 hexadecimal digits. */
  secret(): string;
}

const BYTES_OF_FRACTION = 6;

export const randomOf = (seed: string, key: string): Random => {
  let drawn = 0;
  const draw = (): Buffer => {
    drawn += 1;
    return createHash("sha256")
      .update(JSON.stringify([seed, key, drawn]))
      .digest();
  };
  return {
    number: () => draw().readUIntBE(0, BYTES_OF_FRACTION) / 2 ** (8 * BYTES_OF_FRACTION),
    uuid: () => {
      const hex = draw().toString("hex");
      const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4] ?? "8";
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
    secret: () => draw().toString("hex"),
  };
};
