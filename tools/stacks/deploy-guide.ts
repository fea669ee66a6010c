import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "./rules/rule.ts";

/** The lines of the shell blocks of a page. */
const commands = (markdown: string): string[] =>
  [...markdown.matchAll(/^( *)```sh\n([^]*?)^ *```$/gm)]
    .flatMap(([, , body = ""]) => body.split("\n"))
    .map((line) => line.trim())
    .filter((line) => line !== "");

const read = (root: string, path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(root, path), "utf8")) as Record<string, unknown>;

const within = (value: unknown, ...path: readonly string[]): unknown => {
  let found = value;
  for (const step of path) found = isRecord(found) ? found[step] : undefined;
  return found;
};

const pathMatches = (template: string, path: string): boolean => {
  const pattern = template.replaceAll(/[.:?]/g, "\\$&").replaceAll(/\{[a-z_]+\}/g, "[^/:]+");
  return new RegExp(`^${pattern}$`).test(path);
};

/** What is wrong with a body for a schema, as far as names go: what is required is there, and nothing is unknown. */
const bodyFaults = (schema: unknown, body: Record<string, unknown>): string[] => {
  const choices = within(schema, "anyOf");
  if (Array.isArray(choices)) {
    const each = choices.map((choice: unknown) => bodyFaults(choice, body));
    return each.find((faults) => faults.length === 0) ?? each[0] ?? [];
  }
  const known = Object.keys(within(schema, "properties") ?? {});
  const required = within(schema, "required");
  const needed = Array.isArray(required) ? required.map(String) : [];
  return [
    ...needed.filter((name) => !(name in body)).map((name) => `lacks ${name}`),
    ...Object.keys(body).flatMap((name) => (known.includes(name) ? [] : [`has ${name}, which is unknown`])),
  ];
};

const apiFaults = (root: string, line: string): string[] => {
  const [, method = "", path = "", body] = /^api ([A-Z]+) "?([^ "]+)"?(?: '(.*)')?$/.exec(line) ?? [];
  const paths = read(root, "packages/functions/openapi.json")["paths"];
  const [wanted = ""] = path.split("?");
  const route = Object.entries(isRecord(paths) ? paths : {}).find(
    ([template, methods]) => pathMatches(template, wanted) && within(methods, method.toLowerCase()) !== undefined,
  )?.[1];
  if (route === undefined) return [`the API has no ${method} ${wanted}`];
  const schema = within(route, method.toLowerCase(), "requestBody", "content", "application/json", "schema");
  return bodyFaults(schema, body === undefined ? {} : (JSON.parse(body) as Record<string, unknown>));
};

const pascal = (kebab: string): string =>
  kebab
    .split("-")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("");

/** The newest model of a service, as AWS publishes it. */
const modelOf = (root: string, service: string): Record<string, unknown> | undefined => {
  const folder = join("node_modules/aws-sdk/apis");
  const file = readdirSync(join(root, folder))
    .filter((name) => new RegExp(`^${service}-\\d{4}-\\d{2}-\\d{2}\\.min\\.json$`).test(name))
    .toSorted()
    .at(-1);
  return file === undefined ? undefined : read(root, join(folder, file));
};

/** Options of the command line tool itself. */
const OF_THE_TOOL = ["region", "cli-binary-format"];

const awsFaults = (root: string, line: string): string[] => {
  const [, service = "", operation = "", rest = ""] = /^aws ([a-z0-9]+) ([a-z-]+)(.*)$/.exec(line) ?? [];
  const operations = modelOf(root, service)?.["operations"];
  const found = isRecord(operations)
    ? Object.entries(operations).find(([name]) => name.toLowerCase() === pascal(operation).toLowerCase())?.[1]
    : undefined;
  if (found === undefined) return [`AWS has no ${service} ${operation}`];
  const members = Object.keys(within(found, "input", "members") ?? {}).map((name) => name.toLowerCase());
  return [...rest.replaceAll(/'[^']*'|"[^"]*"/g, "").matchAll(/--([a-z-]+)/g)]
    .map(([, option = ""]) => option)
    .filter((option) => !OF_THE_TOOL.includes(option) && !members.includes(option.replaceAll("-", "")))
    .map((option) => `${service} ${operation} takes no --${option}`);
};

const npmFaults = (root: string, line: string): string[] => {
  const [, script = ""] = /^npm run ([a-z:]+)/.exec(line) ?? [];
  const file = line.includes("--workspace @commops/web") ? "packages/web/package.json" : "package.json";
  return script === "" || within(read(root, file), "scripts", script) !== undefined
    ? []
    : [`there is no script ${script}`];
};

/** Commands of docs/deploy.md that name what there is not: routes and their fields, scripts, operations of AWS and their options. */
export const guideFaults = (root: string): string[] => {
  const lines = commands(readFileSync(join(root, "docs/deploy.md"), "utf8"));
  if (lines.length < 20) return ["docs/deploy.md has hardly a command: nothing was checked"];
  return lines.flatMap((line) => {
    const check = line.startsWith("api ") ? apiFaults : line.startsWith("aws ") ? awsFaults : npmFaults;
    return check(root, line).map((fault) => `docs/deploy.md: ${fault} (${line.slice(0, 80)})`);
  });
};
