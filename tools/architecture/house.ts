import { checkEffectsBehindDoors } from "./effects-behind-doors.ts";
import { checkNames, checkSizes, sourceFiles } from "./files.ts";
import type { Sizes } from "./files.ts";
import type { Finding } from "./finding.ts";
import { readGraph, ungatheredTables } from "./graph.ts";
import { checkPurity } from "./purity.ts";

export interface Inspection {
  readonly findings: readonly Finding[];
  readonly long: Sizes["long"];
  /** Files whose imports were read. */
  readonly read: number;
}

const PRODUCT = ["packages/core/src", "packages/functions/src", "packages/web/src", "stacks"];
const BESIDE = ["packages/core/testing", "bench", "test", "tools"];

/** Walks through the whole house below a root and says where it is not as docs/architecture.md describes it. */
export const inspect = async (root: string): Promise<Inspection> => {
  const product = sourceFiles(root, PRODUCT);
  const all = [...product, ...sourceFiles(root, BESIDE)];
  const graph = await readGraph(root, product);
  const read = new Set(graph.modules.map((module) => module.source));
  const unread = product.filter((file) => !read.has(file));
  const sizes = checkSizes(root, all);
  const findings: Finding[] = [
    ...graph.findings,
    ...ungatheredTables(graph.modules),
    ...checkNames(product),
    ...checkPurity(root, product),
    ...checkEffectsBehindDoors(root, product),
    ...sizes.findings,
    ...unread.map((file) => ({ rule: "every-file-read", file, message: "was not read: its imports are unchecked" })),
  ];
  if (product.length === 0) {
    findings.push({ rule: "every-file-read", file: root, message: "has no source file: nothing was checked" });
  }
  return { findings, long: sizes.long, read: product.length - unread.length };
};
