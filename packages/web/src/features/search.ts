/** A filter's text, or undefined where it filters nothing. */
export const searchText = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** One of the words that a filter knows, or undefined. */
export const searchWord = <const W extends string>(words: readonly W[], value: unknown): W | undefined =>
  words.find((word) => word === value);
