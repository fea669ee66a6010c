import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api.ts";
import { router } from "./app/router.tsx";
import { applyTheme } from "./app/theme.ts";
import "./ui/theme.css";

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that ended while one worked: back to sign-in, where the address stays what it was.
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) client.setQueryData(["session"], null);
    },
  }),
  defaultOptions: { queries: { staleTime: 20_000 } },
});

applyTheme();

const place = document.querySelector("#root");
if (place)
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
