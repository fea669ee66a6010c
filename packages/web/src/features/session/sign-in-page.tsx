import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { ApiError, signIn } from "../../api.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { FaultNotice } from "../../ui/notice.tsx";
import { faultOf } from "../answers.tsx";

const CORRIDOR = ["cost", "allocation", "rating", "approval", "invoice", "payment", "books"];

/** The identity provider's page, where people are known there and not here. */
const ProviderLink = ({ error }: { readonly error: unknown }) =>
  error instanceof ApiError && error.message.includes("/auth/login") ? (
    <a href="/auth/login" className={buttonClass("primary", "w-full")}>
      Sign in with your organisation
    </a>
  ) : null;

const SignInForm = () => {
  const [userName, setUserName] = useState("");
  const [password, setPassword] = useState("");
  const client = useQueryClient();
  const entering = useMutation({
    mutationFn: () => signIn(userName, password),
    onSuccess: (session) => client.setQueryData(["session"], session),
  });
  const enter = (event: SubmitEvent): void => {
    event.preventDefault();
    entering.mutate();
  };
  return (
    <form onSubmit={enter} className="space-y-4">
      <TextField
        label="User name"
        name="username"
        autoComplete="username"
        required
        value={userName}
        onChange={(event) => setUserName(event.target.value)}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button type="submit" look="primary" className="w-full" isBusy={entering.isPending}>
        Sign in
      </Button>
      {entering.isError && <FaultNotice title="Not signed in" fault={faultOf(entering.error)} />}
      <ProviderLink error={entering.error} />
    </form>
  );
};

export const SignInPage = () => (
  <main className="grid min-h-dvh lg:grid-cols-[1.1fr_1fr]">
    <div className="hidden flex-col justify-between bg-[#0a3b45] p-12 text-[#e9f1f2] lg:flex">
      <p className="font-semibold tracking-tight">Commercial-Ops</p>
      <div>
        <p className="max-w-md text-4xl leading-tight font-semibold tracking-tight text-balance">
          Every number can be opened.
        </p>
        <p className="mt-4 max-w-md text-[#b9d3d7]">
          From what AWS charged to what the books say: each amount leads to its formula, its rule and its rows.
        </p>
        <ol className="mt-10 flex flex-wrap items-center gap-y-2 text-sm text-[#cfe2e5]">
          {CORRIDOR.map((station, index) => (
            <li key={station} className="flex items-center">
              {index > 0 && <span aria-hidden className="mx-2 h-px w-5 bg-[#5f959f]" />}
              {station}
            </li>
          ))}
        </ol>
      </div>
      <p className="text-sm text-[#b9d3d7]">What was approved is what is issued. Closed is closed.</p>
    </div>
    <div className="flex items-center justify-center p-6">
      <div className="w-full max-w-sm">
        <h1 className="mb-1 text-2xl">Sign in</h1>
        <p className="mb-6 text-sm text-muted">to Commercial-Ops, the commercial control plane</p>
        <SignInForm />
      </div>
    </div>
  </main>
);
