import fc from "fast-check";
import { expect, test } from "vitest";
import { sankeyOf } from "./sankey.ts";

const SIZE = { width: 600, fullHeight: 400, nodeWidth: 12, slot: 18 };
const LAYERS = ["service", "route", "bearer"] as const;

/** Flows that keep what enters: services to routes to bearers, with credits. */
const flows = fc
  .array(fc.tuple(fc.nat(5), fc.nat(4), fc.nat(5), fc.integer({ min: -50, max: 500 })), { minLength: 1, maxLength: 25 })
  .map((parts) => {
    const sums = new Map<string, number>();
    const add = (source: string, target: string, amount: number): void =>
      void sums.set(`${source}>${target}`, (sums.get(`${source}>${target}`) ?? 0) + amount);
    for (const [service, route, bearer, amount] of parts) {
      add(`s${service}`, `r${route}`, amount);
      add(`r${route}`, `b${bearer}`, amount);
    }
    const links = [...sums].map(([key, amount]) => {
      const [source = "", target = ""] = key.split(">");
      return { source, target, amount };
    });
    const ids = new Set(links.flatMap((link) => [link.source, link.target]));
    const layerOf = { s: "service", r: "route", b: "bearer" } as const;
    const nodes = [...ids].map((id) => ({ id, label: id, layer: layerOf[id[0] as "s" | "r" | "b"] }));
    return { nodes, links };
  });

test("every ribbon is exactly as thick as its amount, by one scale", () => {
  fc.assert(
    fc.property(flows, ({ nodes, links }) => {
      const { ribbons, scale } = sankeyOf(nodes, links, LAYERS, SIZE);
      expect(ribbons).toHaveLength(links.length);
      for (const { link, thickness } of ribbons) expect(thickness).toBeCloseTo(Math.abs(link.amount) * scale, 9);
    }),
  );
});

test("ribbons fill their nodes side by side: none overlaps another, none stands out", () => {
  fc.assert(
    fc.property(flows, ({ nodes, links }) => {
      const { ribbons, nodes: placed } = sankeyOf(nodes, links, LAYERS, SIZE);
      for (const { node, y, height } of placed)
        for (const side of ["from", "to"] as const) {
          const own = ribbons
            .filter(({ link }) => (side === "from" ? link.source : link.target) === node.id)
            .toSorted((a, b) => a[side] - b[side] || a.thickness - b.thickness);
          let edge = y;
          for (const ribbon of own) {
            expect(ribbon[side]).toBeGreaterThanOrEqual(edge - 1e-6);
            edge = ribbon[side] + ribbon.thickness;
          }
          expect(edge).toBeLessThanOrEqual(y + height + 1e-6);
        }
    }),
  );
});

test("nodes of a column do not overlap, keep room for their labels, and stay within the drawing", () => {
  fc.assert(
    fc.property(flows, ({ nodes, links }) => {
      const sankey = sankeyOf(nodes, links, LAYERS, SIZE);
      for (const layer of LAYERS) {
        const own = sankey.nodes.filter(({ node }) => node.layer === layer).toSorted((a, b) => a.y - b.y);
        for (const [index, one] of own.entries()) {
          const next = own[index + 1];
          if (next) expect(next.y - one.y).toBeGreaterThanOrEqual(Math.max(SIZE.slot, one.height) - 1e-6);
          expect(one.y + one.height).toBeLessThanOrEqual(sankey.height + 1e-6);
        }
      }
    }),
  );
});

test("what leads to no node is left out, and nothing at all is an empty drawing", () => {
  const nodes = [{ id: "s", label: "s", layer: "service" }];
  expect(sankeyOf(nodes, [{ source: "s", target: "gone", amount: 1 }], LAYERS, SIZE).ribbons).toEqual([]);
  expect(sankeyOf([], [], LAYERS, SIZE)).toMatchObject({ height: 0, nodes: [], ribbons: [] });
});
