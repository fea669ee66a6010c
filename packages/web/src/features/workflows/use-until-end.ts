import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Execution } from "./graph/standing.ts";

/** Reads once more when an execution has ended: the last events come with its end. */
export const useUntilEnd = <T>(query: UseQueryResult<T>, status: Execution["status"]): UseQueryResult<T> => {
  const { refetch } = query;
  useEffect(() => {
    if (status !== "running") refetch().catch(() => undefined);
  }, [status, refetch]);
  return query;
};
