/** Every command prints one JSON document with --json. */
export const json = { json: { type: "boolean", description: "Print one JSON document", default: false } } as const;
