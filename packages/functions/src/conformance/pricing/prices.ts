import { type PriceSpec, priceSpec } from "@commops/core/catalog";
import { divide, exact, multiply, subtract, toText } from "@commops/core/money";
import type { Fields } from "./fields.ts";

const HUNDRED = exact(100);

const slabsOf = (price: Fields): unknown =>
  price.list("tiers").map((tier) => ({
    up_to: tier.maybe("up_to") ?? null,
    unit_price: tier.has("rate_percent")
      ? toText(divide(tier.exact("rate_percent"), HUNDRED))
      : (tier.maybe("unit") ?? "0"),
    flat_fee: tier.maybe("flat") ?? "0",
  }));

const specOf = (price: Fields): unknown => {
  const model = price.text("model");
  switch (model) {
    case "flat":
      return { model, amount: price.text("amount") };
    case "unit":
      return { model: "per_unit", unit_price: price.maybe("unit") ?? price.text("unit_minor") };
    case "graduated":
    case "volume":
    case "stairstep":
      return { model, slabs: slabsOf(price) };
    case "graduated_percentage":
      return { model: "graduated", slabs: slabsOf(price) };
    case "package":
      return {
        model,
        size: price.text("package_size"),
        package_price: price.text("package_price"),
        free_units: price.maybe("free_units") ?? "0",
      };
    case "percentage":
      return {
        model,
        rate_percent: price.text("rate_percent"),
        fixed_fee: price.maybe("fixed_per_event") ?? "0",
        free_events: price.maybe("free_events") ?? "0",
        min_per_event: price.maybe("per_event_min") ?? null,
        max_per_event: price.maybe("per_event_max") ?? null,
      };
    case "dynamic": {
      const markup = multiply(subtract(price.exact("multiplier"), exact(1)), HUNDRED);
      return { model: "cost_plus", markup_percent: toText(markup), fee: "0" };
    }
    default:
      throw new Error(`no price model is called ${model}`);
  }
};

/** The price of a case as the catalogue reads it; throws with the catalogue's reason where it refuses it. */
export const priceOf = (price: Fields): PriceSpec => {
  const parsed = priceSpec.safeParse(specOf(price));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`price refused: ${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? ""}`);
};

/** The most a price may come to: its own maximum, or the cap of its only slab. */
export const maximumOf = (price: Fields): string | undefined =>
  price.maybe("max_amount") ??
  price.maybe("cap_minor") ??
  (price.list("tiers").length === 1 ? price.list("tiers")[0]?.maybe("cap") : undefined);
