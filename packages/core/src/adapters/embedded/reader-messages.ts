import type { Detail, ProblemKind } from "../../kernel/index.ts";
import type { Conversion, NamedType } from "./raw-files.ts";

/** What the reader of raw files is asked. */
export type ReaderRequest =
  | { readonly id: number; readonly does: "convert"; readonly request: Conversion }
  | { readonly id: number; readonly does: "describe"; readonly path: string; readonly name: string };

/** What went wrong, as it travels between processes. */
export interface SentProblem {
  readonly kind: ProblemKind;
  readonly code: string;
  readonly message: string;
  readonly details: readonly Detail[];
}

export type ReaderAnswer =
  | { readonly id: number; readonly rows: number }
  | { readonly id: number; readonly columns: readonly NamedType[] }
  | { readonly id: number; readonly problem: SentProblem };

/** How the reader ends when it has grown beyond its limit. */
export const TOO_LARGE_EXIT = 77;
