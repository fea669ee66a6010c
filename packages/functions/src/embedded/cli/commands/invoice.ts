import { defineCommand } from "citty";
import { z } from "zod";
import { command } from "../command.ts";

/** A number of the tree from an invoice's total down to its CUR lines: the parts it is the sum of, and what it was derived from. */
interface Node {
  readonly text: string;
  readonly amount: string;
  readonly children: readonly Node[];
  readonly from: readonly Node[];
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.looseObject({ text: z.string(), amount: z.string(), children: z.array(node), from: z.array(node) }),
);

const explained = z.looseObject({
  tree: node,
  verification: z
    .looseObject({
      equal: z.boolean(),
      first_difference: z
        .looseObject({ check: z.string(), path: z.string(), stored: z.unknown(), recomputed: z.unknown() })
        .nullable(),
      checks: z.array(z.looseObject({ check: z.string(), equal: z.boolean() })),
    })
    .nullable(),
});

type Verification = NonNullable<z.output<typeof explained>["verification"]>;

const outline = (at: Node, depth: number, mark = ""): string[] => [
  `${"  ".repeat(depth)}${mark}${at.text}: ${at.amount}`,
  ...at.children.flatMap((child) => outline(child, depth + 1)),
  ...at.from.flatMap((source) => outline(source, depth + 1, "from ")),
];

const verdictLines = (verdict: Verification): string[] => {
  const checks = verdict.checks.map(({ check, equal }) => `  ${equal ? "equal " : "DIFFERS"} ${check}`);
  const difference = verdict.first_difference;
  const said = difference
    ? `not equal (${difference.check}) at ${difference.path}: stored ${JSON.stringify(difference.stored)}, recomputed ${JSON.stringify(difference.recomputed)}`
    : "verified: everything recomputes to the stored values";
  return ["", ...checks, said];
};

const explain = command({
  name: "explain",
  description: "An invoice from its total down to the CUR lines",
  args: {
    id: { type: "positional", description: "INV-...", required: true },
    verify: { type: "boolean", description: "Recompute everything from the stored inputs", default: false },
  },
  work: async (api, args) => {
    const query = args.verify ? "?verify=true" : "";
    const answer = explained.parse(
      await api.request("GET", `/invoices/${encodeURIComponent(args.id)}/explain${query}`),
    );
    const verdict = answer.verification;
    const lines = [...outline(answer.tree, 0), ...(verdict ? verdictLines(verdict) : [])];
    return { json: answer, lines, exit: verdict?.equal === false ? 1 : 0 };
  },
});

export const invoice = defineCommand({ meta: { name: "invoice", description: "Invoices" }, subCommands: { explain } });
