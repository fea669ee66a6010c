import type { Answer } from "../../../api.ts";

export type Execution = Answer<"GET /workflows/executions/{execution_id}">;
export type Progress = Execution["states"][number];

/** Classes of a state by how it stands; its words say the same. */
export const LOOKS: Readonly<Record<Progress["standing"], string>> = {
  not_reached: "fill-surface stroke-line-strong",
  elsewhere: "fill-sunken stroke-line-strong",
  running: "fill-accent-soft stroke-accent",
  retrying: "fill-warn-soft stroke-warn",
  waiting: "fill-warn-soft stroke-warn",
  succeeded: "fill-good-soft stroke-good",
  caught: "fill-warn-soft stroke-warn",
  failed: "fill-bad-soft stroke-bad",
  aborted: "fill-bad-soft stroke-bad",
};

/** "3 of 200 done, 1 failed" of a Map's iterations. */
export const iterationsText = ({ iterations }: Progress): string | undefined => {
  if (iterations === null) return undefined;
  const { started, succeeded, failed, aborted } = iterations;
  const wrong = [...(failed > 0 ? [`${failed} failed`] : []), ...(aborted > 0 ? [`${aborted} stopped`] : [])];
  return [`${succeeded} of ${started} done`, ...wrong].join(", ");
};

/** How a state stands, as short as it can be said. */
export const standingText = (progress: Progress | undefined): string => {
  if (progress === undefined || progress.standing === "not_reached") return "not reached";
  if (progress.standing === "elsewhere") return "apart";
  const times = progress.visits.entered > 1 ? ` ×${progress.visits.entered}` : "";
  return iterationsText(progress) ?? progress.standing + times;
};
