import type { Json } from "../../../../kernel/index.ts";
import { Failure } from "../failure.ts";
import { isArray, isObject } from "../json.ts";
import { pathOf } from "./path.ts";
import type { Segment } from "./syntax.ts";

const mismatch = (text: string): Failure =>
  new Failure("States.ResultPathMatchFailure", `Unable to apply ReferencePath ${text} to input`, { isFault: true });

const withMember = (node: Json | undefined, segments: readonly Segment[], value: Json, text: string): Json => {
  const [segment, ...rest] = segments;
  if (segment === undefined) return value;
  if (segment.kind === "members") {
    const [name = ""] = segment.names;
    if (node !== undefined && !isObject(node)) throw mismatch(text);
    return { ...node, [name]: withMember(node?.[name], rest, value, text) };
  }
  if (segment.kind !== "elements" || !isArray(node)) throw mismatch(text);
  const [index = 0] = segment.indexes;
  if (node[index] === undefined) throw mismatch(text);
  return node.with(index, withMember(node[index], rest, value, text));
};

/**
 * A copy of `node` with a value at the place that a reference path names; members that are missing on the way are made.
 * Throws States.ResultPathMatchFailure where something else than an object or a list stands in the way.
 */
export const withValueAt = (node: Json, text: string, value: Json): Json => {
  const path = pathOf(text);
  if (path.root !== "data" || !path.isDefinite) throw mismatch(text);
  return withMember(node, path.segments, value, text);
};
