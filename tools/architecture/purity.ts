import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Finding } from "./finding.ts";
import { mustBePure } from "./rooms.ts";

/** What node:crypto offers that gives the same answer every time. */
const PURE_CRYPTO = new Set([
  "createHash",
  "createHmac",
  "createPublicKey",
  "hash",
  "timingSafeEqual",
  "verify",
  "KeyObject",
]);
const IMPURE_CALLS: Readonly<Record<string, readonly string[]>> = {
  Date: ["now"],
  Math: ["random"],
  process: ["env", "argv", "cwd", "hrtime", "exit", "stdout", "stderr"],
  performance: ["now"],
  crypto: ["randomUUID", "getRandomValues"],
  console: ["log", "error", "warn", "info", "debug"],
};
const IMPURE_GLOBALS = new Set(["fetch", "setTimeout", "setInterval", "setImmediate", "queueMicrotask"]);

/** Why a node makes a file impure, or undefined. */
const impurity = (node: ts.Node): string | undefined => {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return "is async";
  if (ts.isAwaitExpression(node)) return "awaits";
  if (ts.isImportDeclaration(node)) return impureImport(node);
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const name = node.expression.text;
    return IMPURE_CALLS[name]?.includes(node.name.text) === true ? `uses ${name}.${node.name.text}` : undefined;
  }
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
    const withoutArgument = (node.arguments?.length ?? 0) === 0;
    return node.expression.text === "Date" && withoutArgument ? "uses new Date() without an argument" : undefined;
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    const name = node.expression.text;
    if (name === "Date") return "uses Date() without new";
    return IMPURE_GLOBALS.has(name) ? `calls ${name}` : undefined;
  }
  return undefined;
};

const impureImport = (node: ts.ImportDeclaration): string | undefined => {
  if (!ts.isStringLiteral(node.moduleSpecifier) || !/^(node:)?crypto$/.test(node.moduleSpecifier.text))
    return undefined;
  const bindings = node.importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return "imports all of node:crypto; name what is used";
  const impure = bindings.elements
    .map((element) => (element.propertyName ?? element.name).text)
    .filter((name) => !PURE_CRYPTO.has(name));
  return impure.length > 0 ? `imports ${impure.join(", ")} from node:crypto` : undefined;
};

/** Files without a suffix touch no clock, no chance, no environment and wait for nothing. */
export const checkPurity = (root: string, files: readonly string[]): Finding[] =>
  files.filter(mustBePure).flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);
    const found: Finding[] = [];
    const visit = (node: ts.Node): void => {
      const why = impurity(node);
      if (why !== undefined) {
        const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
        found.push({
          rule: "pure-file",
          file: `${file}:${line}`,
          message: `${why}, in a file whose name says it is pure (.store.ts and .action.ts may)`,
        });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
