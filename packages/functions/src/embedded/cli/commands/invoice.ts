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

const difference = z.looseObject({ path: z.string(), stored: z.unknown(), recomputed: z.unknown() });

const explained = z.looseObject({
  tree: node,
  verification: z
    .looseObject({
      equal: z.boolean(),
      checks: z.array(z.looseObject({ check: z.string(), equal: z.boolean(), difference: difference.nullable() })),
    })
    .nullable(),
});

type Verification = NonNullable<z.output<typeof explained>["verification"]>;

const outline = (at: Node, depth: number, mark = ""): string[] => [
  `${"  ".repeat(depth)}${mark}${at.text}: ${at.amount}`,
  ...at.children.flatMap((child) => outline(child, depth + 1)),
  ...at.from.flatMap((source) => outline(source, depth + 1, "from ")),
];

const verdictLines = (verdict: Verification): string[] => [
  "",
  ...verdict.checks.map(({ check, difference: found }) =>
    found === null
      ? `equal    ${check}`
      : `DIFFERS  ${check}: ${found.path} is ${JSON.stringify(found.stored)}, recomputed ${JSON.stringify(found.recomputed)}`,
  ),
  verdict.equal ? "verified: everything recomputes to the stored values" : "not equal: see above where",
];

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
