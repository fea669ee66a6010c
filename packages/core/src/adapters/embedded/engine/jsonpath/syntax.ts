import type { Json } from "../../../../kernel/index.ts";

/** One step of a path, from nodes to nodes. */
export type Segment =
  | { readonly kind: "members"; readonly names: readonly string[] }
  | { readonly kind: "elements"; readonly indexes: readonly number[] }
  | { readonly kind: "slice"; readonly from: number | undefined; readonly to: number | undefined; readonly by: number }
  | { readonly kind: "every" }
  | { readonly kind: "descend" }
  | { readonly kind: "filter"; readonly filter: Filter }
  | { readonly kind: "call"; readonly name: string };

export interface Path {
  readonly text: string;
  /** `$` the state's data, `$$` the context object, `$name` a variable; `@` the node that a filter looks at. */
  readonly root: "data" | "context" | "node" | { readonly variable: string };
  readonly segments: readonly Segment[];
  /** Whether it can lead to one place only. Such a path gives a value or is an error; any other gives a list. */
  readonly isDefinite: boolean;
}

/** What a filter compares: a value as written, a path, or a pattern. */
export type Operand =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "pattern"; readonly pattern: RegExp };

/** The test of a `[?(...)]` segment. */
export type Filter =
  | { readonly kind: "and" | "or"; readonly parts: readonly Filter[] }
  | { readonly kind: "not"; readonly part: Filter }
  | { readonly kind: "exists"; readonly path: Path }
  | { readonly kind: "compare"; readonly operator: string; readonly left: Operand; readonly right: Operand };
