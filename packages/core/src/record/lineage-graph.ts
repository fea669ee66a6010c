/** A dataset as a transformation saw or made it. */
export interface DatasetVersion {
  readonly dataset: string;
  readonly digest: string | null;
}

/** A transformation with what it read and wrote. */
export interface LineageStep {
  readonly runId: string;
  readonly inputs: readonly DatasetVersion[];
  readonly outputs: readonly DatasetVersion[];
}

/**
 * The transformation that made a dataset as it was read: the one whose output has the digest, else the newest (the first of the list).
 * Undefined where nothing here made it: it came from outside.
 */
export const producerOf = <S extends LineageStep>(steps: readonly S[], wanted: DatasetVersion): S | undefined => {
  const made = steps.filter((step) => step.outputs.some(({ dataset }) => dataset === wanted.dataset));
  const exactly = made.find((step) =>
    step.outputs.some(({ dataset, digest }) => dataset === wanted.dataset && digest === wanted.digest),
  );
  return exactly ?? (wanted.digest === null ? made[0] : undefined);
};

/** Inputs of steps that no step so far made, each once. */
export const openEnds = (steps: readonly LineageStep[], seen: ReadonlySet<string>): DatasetVersion[] => {
  const ends = steps.flatMap((step) => step.inputs).filter((input) => !seen.has(versionKey(input)));
  return [...new Map(ends.map((end) => [versionKey(end), end])).values()];
};

export const versionKey = ({ dataset, digest }: DatasetVersion): string => `${dataset}@${digest ?? ""}`;
