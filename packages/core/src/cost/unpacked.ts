/** Cost files are packed to a thirtieth or so; what unpacks to far more would fill the machine. */
const MAX_RATIO = 250;
/** Below this no ratio matters. */
const ALWAYS_BYTES = 1 << 30;

/** Whether what was unpacked so far is more than a cost file can hold. */
export const isBomb = (packedBytes: number, bytes: number): boolean =>
  bytes > ALWAYS_BYTES && bytes > packedBytes * MAX_RATIO;

export const BOMB = `it unpacks to more than ${MAX_RATIO} times its size, as no cost file does`;
