import type { ButtonHTMLAttributes } from "react";
import { cx } from "./class-names.ts";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover border-transparent",
  plain: "bg-surface text-ink border-line-strong hover:bg-sunken",
  danger: "bg-surface text-bad border-bad hover:bg-bad-soft",
  quiet: "border-transparent text-accent hover:bg-accent-soft",
} as const;

export type ButtonLook = keyof typeof LOOKS;

/** The classes of a button, for links that look like one. */
export const buttonClass = (look: ButtonLook = "plain", className?: string): string =>
  cx(
    "inline-flex min-h-9 items-center justify-center gap-2 rounded-md border px-3 py-1.5 text-sm font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-60",
    LOOKS[look],
    className,
  );

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: ButtonLook;
  /** The work it started goes on: it cannot be pressed again. */
  readonly isBusy?: boolean;
}

export const Button = ({ look, isBusy = false, className, children, disabled, ...rest }: ButtonProps) => (
  <button
    type="button"
    {...rest}
    aria-busy={isBusy || undefined}
    disabled={disabled === true || isBusy}
    className={buttonClass(look, className)}
  >
    {isBusy && (
      <span aria-hidden className="size-3 animate-spin rounded-full border-2 border-current border-r-transparent" />
    )}
    {children}
  </button>
);

/** A key of the keyboard, as a hint beside what it does. */
export const Key = ({ children }: { readonly children: string }) => (
  <kbd className="rounded border border-current/40 px-1 font-sans text-2xs leading-4 font-medium">{children}</kbd>
);
