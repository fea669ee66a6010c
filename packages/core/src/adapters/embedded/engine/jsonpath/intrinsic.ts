import type { Json } from "../../../../kernel/index.ts";
import { Failure, runtimeFault } from "../failure.ts";
import type { Random } from "../random.ts";
import { formatted, intrinsics } from "./functions.ts";
import { parsePath } from "./path.ts";
import { lookUp, type PathData } from "./query.ts";
import { scan, type Scanner } from "./scanner.ts";
import type { Path } from "./syntax.ts";

type Expression =
  | { readonly kind: "value"; readonly value: Json }
  /** A text as written between its quotes, escapes and all: the template of a format reads them itself. */
  | { readonly kind: "text"; readonly raw: string }
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "call"; readonly text: string; readonly name: string; readonly args: readonly Expression[] };

const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

const argument = (scanner: Scanner): Expression => {
  if (scanner.peek() === "$") return { kind: "path", path: parsePath(scanner) };
  if (scanner.take("'")) {
    const raw = scanner.match(/(?:\\[^]|[^'\\])*/) ?? "";
    scanner.expect("'");
    return { kind: "text", raw };
  }
  const number = scanner.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/);
  if (number !== undefined) return { kind: "value", value: Number(number) };
  const word = scanner.match(/(?:true|false|null)\b/);
  return word === undefined ? call(scanner) : { kind: "value", value: WORDS[word] ?? null };
};

const call = (scanner: Scanner): Expression => {
  const start = scanner.position();
  const name = scanner.match(/States\.\w+/) ?? scanner.fail();
  scanner.skipBlanks();
  scanner.expect("(");
  scanner.skipBlanks();
  const args: Expression[] = [];
  if (!scanner.take(")")) {
    do {
      scanner.skipBlanks();
      args.push(argument(scanner));
      scanner.skipBlanks();
    } while (scanner.take(","));
    scanner.expect(")");
  }
  return { kind: "call", text: scanner.text.slice(start, scanner.position()), name, args };
};

/** A backslash before a quote, a brace or a backslash makes it stand for itself; before anything else it stays. */
const unescaped = (raw: string): string => raw.replaceAll(/\\(['{}\\])/g, "$1");

const evaluated = (expression: Expression, data: PathData, random: Random): Json => {
  switch (expression.kind) {
    case "value":
      return expression.value;
    case "text":
      return unescaped(expression.raw);
    case "path": {
      const found = lookUp(expression.path.text, data);
      if (found === undefined)
        throw runtimeFault(`The JSONPath '${expression.path.text}' could not be found in the input`);
      return found;
    }
    case "call":
      return called(expression, data, random);
  }
};

const called = ({ name, text, args }: Extract<Expression, { kind: "call" }>, data: PathData, random: Random): Json => {
  const [template, ...rest] = args;
  const values = args.map((arg) => evaluated(arg, data, random));
  try {
    if (name === "States.Format" && template?.kind === "text")
      return formatted(template.raw, values.slice(values.length - rest.length));
    const apply = intrinsics[name];
    if (apply === undefined) throw new RangeError("There is no such function");
    return apply(values, random);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure("States.IntrinsicFailure", `The function '${text}' had the following error: ${reason}`, {
      isFault: true,
    });
  }
};

export const isIntrinsic = (text: string): boolean => text.startsWith("States.");

/** The value of an intrinsic function call. Throws States.IntrinsicFailure, or States.Runtime where a path leads nowhere. */
export const evaluateIntrinsic = (text: string, data: PathData, random: Random): Json => {
  const scanner = scan(text.trim());
  const expression = call(scanner);
  if (scanner.peek() !== "") scanner.fail();
  return evaluated(expression, data, random);
};
