import { defineCommand } from "citty";
import { z } from "zod";
import { command } from "../command.ts";

/** A node of the tree from an invoice's total down to CUR lines. */
interface Node {
  readonly label: string;
  readonly value?: string | null | undefined;
  readonly children?: readonly Node[] | undefined;
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.looseObject({ label: z.string(), value: z.string().nullish(), children: z.array(node).optional() }),
);

const explained = z.looseObject({
  tree: node,
  verification: z
    .looseObject({
      equal: z.boolean(),
      first_difference: z.looseObject({ path: z.string(), stored: z.string(), recomputed: z.string() }).nullish(),
    })
    .nullish(),
});

const outline = (at: Node, depth: number): string[] => [
  `${"  ".repeat(depth)}${at.label}${at.value === undefined || at.value === null ? "" : `: ${at.value}`}`,
  ...(at.children ?? []).flatMap((child) => outline(child, depth + 1)),
];

const explain = command({
  name: "explain",
  description: "An invoice from its total down to the CUR lines",
  args: {
    id: { type: "positional", description: "INV-...", required: true },
    verify: { type: "boolean", description: "Recompute everything from the stored inputs", default: false },
  },
  work: async (api, args) => {
    const answer = explained.parse(
      await api.request("GET", `/invoices/${encodeURIComponent(args.id)}/explain${args.verify ? "?verify=true" : ""}`),
    );
    const verdict = answer.verification;
    const difference = verdict?.first_difference;
    const said = !verdict
      ? []
      : verdict.equal
        ? ["", "verified: everything recomputes to the stored values"]
        : [
            "",
            `not equal at ${difference?.path ?? "?"}: stored ${difference?.stored ?? "?"}, recomputed ${difference?.recomputed ?? "?"}`,
          ];
    return { json: answer, lines: [...outline(answer.tree, 0), ...said], exit: verdict?.equal === false ? 1 : 0 };
  },
});

export const invoice = defineCommand({ meta: { name: "invoice", description: "Invoices" }, subCommands: { explain } });
