import type { Actor } from "../record/index.ts";

/** Under which ids an actor counts as having prepared something. */
export const preparersOf = (actor: Actor): string[] => [
  ...new Set([actor.id, ...(actor.person === undefined ? [] : [actor.person])]),
];
