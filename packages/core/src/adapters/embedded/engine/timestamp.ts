/** RFC 3339 with a capital T and an offset, the profile of ISO 8601 that the States Language asks for. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970, or undefined where a text is no timestamp. */
export const parseTimestamp = (text: string): number | undefined => {
  if (!TIMESTAMP.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
};
