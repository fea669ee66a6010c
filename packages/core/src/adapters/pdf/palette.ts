import type { Style } from "./typesetter.ts";

export const COLORS = {
  ink: "#1a2233",
  accent: "#17365d",
  muted: "#5a6474",
  line: "#cfd6df",
  head: "#f1f4f8",
} as const;

const style = (size: number, weight: Style["weight"], color: string): Style => ({ size, weight, color });

/** The sizes and weights of the document: few, so that each one means something. */
export const STYLES = {
  title: style(24, "bold", COLORS.accent),
  party: style(12.5, "bold", COLORS.ink),
  figure: style(19, "bold", COLORS.accent),
  smallFigure: style(13, "bold", COLORS.accent),
  heading: style(9.5, "bold", COLORS.accent),
  label: style(7.5, "bold", COLORS.muted),
  body: style(9, "regular", COLORS.ink),
  strong: style(9, "bold", COLORS.ink),
  total: style(11, "bold", COLORS.accent),
  detail: style(8, "regular", COLORS.muted),
  small: style(7.5, "regular", COLORS.muted),
} as const satisfies Record<string, Style>;
