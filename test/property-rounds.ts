import { configureGlobal } from "fast-check";

/** At night (COMMOPS_LONG=1) every property test that names no number of its own tries twenty times as many cases. */
configureGlobal({ numRuns: 2000 });
