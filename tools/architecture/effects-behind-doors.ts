import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import type { Finding } from "./finding.ts";
import { mustBePure } from "./rooms.ts";

const EFFECT = /\.(sql|store|action)\.ts$/;

const parse = (root: string, file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest);

const target = (from: string, specifier: ts.Expression | undefined): string | undefined =>
  specifier !== undefined && ts.isStringLiteral(specifier) && specifier.text.startsWith(".")
    ? join(dirname(from), specifier.text)
    : undefined;

/** Names that a file itself declares and exports as values. */
const declaredValues = (source: ts.SourceFile): string[] =>
  source.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map((declaration) => declaration.name.getText(source));
    const isNamedValue = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
    return isNamedValue && statement.name !== undefined ? [statement.name.text] : [];
  });

/** The names that a door gives out as values of files with effects, each with its file. */
const effectsOf = (root: string, door: string): Map<string, string> => {
  const effects = new Map<string, string>();
  for (const statement of parse(root, door).statements) {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly) continue;
    const file = target(door, statement.moduleSpecifier);
    if (file === undefined || !EFFECT.test(file) || !existsSync(join(root, file))) continue;
    const clause = statement.exportClause;
    const names =
      clause !== undefined && ts.isNamedExports(clause)
        ? clause.elements.filter((element) => !element.isTypeOnly).map((element) => element.name.text)
        : declaredValues(parse(root, file));
    for (const name of names) effects.set(name, file);
  }
  return effects;
};

/** A pure file may use another room's words and calculations, but not what its door gives out of .store and .action files. */
export const checkEffectsBehindDoors = (root: string, files: readonly string[]): Finding[] => {
  const doors = new Map<string, Map<string, string>>();
  return files.filter(mustBePure).flatMap((file) =>
    parse(root, file).statements.flatMap((statement): Finding[] => {
      if (!ts.isImportDeclaration(statement) || statement.importClause?.phaseModifier !== undefined) return [];
      const door = target(file, statement.moduleSpecifier);
      const bindings = statement.importClause?.namedBindings;
      if (door === undefined || !door.endsWith("/index.ts") || !existsSync(join(root, door))) return [];
      const effects = doors.get(door) ?? effectsOf(root, door);
      doors.set(door, effects);
      if (bindings === undefined || !ts.isNamedImports(bindings)) return [];
      return bindings.elements.flatMap((element) => {
        const name = (element.propertyName ?? element.name).text;
        const from = element.isTypeOnly ? undefined : effects.get(name);
        if (from === undefined) return [];
        return [
          {
            rule: "pure-through-doors",
            file,
            message: `imports ${name}, which stands in ${from}, in a file whose name says it is pure`,
          },
        ];
      });
    }),
  );
};
