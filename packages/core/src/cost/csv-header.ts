/**
 * The fields of the first record of a comma-separated text (RFC 4180), without a byte order mark. Undefined while the record is
 * not complete, unless `isWhole` says that there is no more.
 */
export const firstRecord = (text: string, isWhole: boolean): string[] | undefined => {
  const fields: string[] = [];
  let field = "";
  let isQuoted = false;
  for (let at = text.startsWith("\ufeff") ? 1 : 0; at < text.length; at += 1) {
    const char = text[at];
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"') isQuoted = true;
    else if (char === ",") {
      fields.push(field);
      field = "";
    } else if (char === "\n") return [...fields, field.replace(/\r$/, "")];
    else field += char;
  }
  return isWhole && !isQuoted ? [...fields, field.replace(/\r$/, "")] : undefined;
};
