import { runtimeFault } from "../failure.ts";

/** Reads a text from left to right. Every parser of paths and intrinsic functions stands on it. */
export interface Scanner {
  readonly text: string;
  /** The next character, or "" at the end. */
  peek(): string;
  position(): number;
  moveTo(position: number): void;
  skipBlanks(): void;
  /** Takes a text if it comes next. */
  take(expected: string): boolean;
  /** Takes what a sticky pattern matches here. */
  match(pattern: RegExp): string | undefined;
  /** Takes a text or fails. */
  expect(expected: string): void;
  fail(): never;
}

export const scan = (text: string): Scanner => {
  let at = 0;
  const fail = (): never => {
    throw runtimeFault(`Invalid path '${text}': it cannot be read from character ${at + 1} on`);
  };
  const take = (expected: string): boolean => {
    if (!text.startsWith(expected, at)) return false;
    at += expected.length;
    return true;
  };
  return {
    text,
    peek: () => text.charAt(at),
    position: () => at,
    moveTo: (position) => {
      at = position;
    },
    skipBlanks: () => {
      while (/\s/.test(text.charAt(at))) at += 1;
    },
    take,
    match: (pattern) => {
      const sticky = new RegExp(pattern.source, `${pattern.flags}y`);
      sticky.lastIndex = at;
      const found = sticky.exec(text)?.[0];
      at += found?.length ?? 0;
      return found;
    },
    expect: (expected) => {
      if (!take(expected)) fail();
    },
    fail,
  };
};

/** Reads a quoted text, in the quotes that come next; a backslash before a quote of that kind makes it part of the text. */
export const quoted = (scanner: Scanner): string => {
  const quote = scanner.peek();
  scanner.expect(quote);
  let value = "";
  while (!scanner.take(quote)) {
    const character = scanner.take(`\\${quote}`) ? quote : (scanner.match(/[^]/u) ?? scanner.fail());
    value += character;
  }
  return value;
};
