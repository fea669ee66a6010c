import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { ofType, type Rule, changed } from "./rule.ts";

/** What the provider takes for a type of resource. */
interface Shape {
  readonly known: ReadonlySet<string>;
  readonly required: readonly string[];
}

/** "aws:s3/bucket:Bucket" is described in `s3/bucket.d.ts` as BucketArgs. */
const read = (root: string, type: string): Shape | undefined => {
  const [, provider = "", place = "", kind = ""] = /^(aws|random):([^:]+):(\w+)$/.exec(type) ?? [];
  const file = join(root, ".sst/platform/node_modules/@pulumi", provider, `${place.replace(/^index\//, "")}.d.ts`);
  if (provider === "" || !existsSync(file)) return undefined;
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const args = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === `${kind}Args`,
  );
  const members: ts.PropertySignature[] = [...(args?.members ?? [])].filter(ts.isPropertySignature);
  const nameOf = (member: ts.PropertySignature): string => (ts.isIdentifier(member.name) ? member.name.text : "");
  return {
    known: new Set(members.map(nameOf)),
    required: members.filter((member) => member.questionToken === undefined).map(nameOf),
  };
};

/** Reads the types of the installed providers, each once. */
export const providerShapes = (root: string): ((type: string) => Shape | undefined) => {
  const seen = new Map<string, Shape | undefined>();
  return (type) => {
    if (!seen.has(type)) seen.set(type, read(root, type));
    return seen.get(type);
  };
};

const BUCKET = "aws:s3/bucket:Bucket";

/** What the stand-in for AWS cannot refuse, the provider's own types do. */
export const providerRules = (shapeOf: (type: string) => Shape | undefined): readonly Rule[] => [
  {
    name: "every kind of resource is one that the provider has",
    check: (found) =>
      [...new Set(found.resources.map(({ type }) => type))]
        .filter((type) => /^(aws|random):/.test(type) && shapeOf(type) === undefined)
        .map((type) => `${type} is unknown to the provider`),
    breaks: {
      "an unknown kind": (found) => ({
        ...found,
        resources: [
          ...found.resources,
          { type: "aws:s3/pail:Pail", name: "P", inputs: {}, state: {}, isRetained: false },
        ],
      }),
    },
  },
  {
    name: "every resource has what its provider requires, and nothing that it does not know",
    check: (found) =>
      found.resources.flatMap(({ type, name, inputs }) => {
        const shape = shapeOf(type);
        if (shape === undefined) return [];
        const missing = shape.required.filter((input) => inputs[input] === undefined);
        const unknown = Object.keys(inputs).filter((input) => !shape.known.has(input));
        return [
          ...missing.map((input) => `${name} (${type}) lacks ${input}`),
          ...unknown.map((input) => `${name} (${type}) has ${input}, which the provider does not know`),
        ];
      }),
    breaks: {
      "something required is left out": changed("aws:kms/alias:Alias", () => ({})),
      "something unknown": changed(BUCKET, (inputs) => ({ ...inputs, colour: "red" })),
    },
  },
  {
    name: "whatever can carry tags says which app, stage and part of the product it is",
    check: (found) =>
      found.resources.flatMap(({ type, name, inputs }) => {
        if (shapeOf(type)?.known.has("tags") !== true) return [];
        const tags = (inputs["tags"] ?? {}) as Readonly<Record<string, unknown>>;
        const missing = ["app", "stage", "service_component"].filter((tag) => typeof tags[tag] !== "string");
        return missing.length === 0
          ? []
          : [`${name} (${type}) lacks ${missing.join(", ")}: see TAGGED in stacks/stage.ts`];
      }),
    breaks: { "a bucket without tags": changed(BUCKET, (inputs) => ({ ...inputs, tags: {} })) },
  },
  {
    name: "there is something to look at",
    check: (found) => (ofType(found, BUCKET).length < 3 ? ["there are no buckets: nothing was evaluated"] : []),
    breaks: { nothing: (found) => ({ ...found, resources: [] }) },
  },
];
