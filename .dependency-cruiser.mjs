// For dependency-cruiser's own command line and editor plugins; `npm run check:architecture` uses the same rules.
import { forbidden } from "./tools/architecture/rules.ts";
import { cruiseOptions } from "./tools/architecture/graph.ts";

export default { forbidden, options: cruiseOptions };
