import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { readSession, type Session } from "../api.ts";
import { faultOf } from "../features/answers.tsx";
import { roleName, SessionContext } from "../features/session/session.ts";
import { SignOut } from "../features/session/sign-out.tsx";
import { SignInPage } from "../features/session/sign-in-page.tsx";
import { cx } from "../ui/class-names.ts";
import { FaultNotice, Loading } from "../ui/notice.tsx";
import { pagesFor } from "./navigation.ts";
import { TopBar } from "./top-bar.tsx";

const Navigation = ({
  session,
  isOpen,
  onGo,
}: {
  readonly session: Session;
  readonly isOpen: boolean;
  readonly onGo: () => void;
}) => (
  <div
    className={cx(
      "bg-surface lg:block lg:w-52 lg:shrink-0 lg:border-r lg:border-line lg:bg-transparent",
      isOpen ? "border-b border-line" : "hidden",
    )}
  >
    <nav id="navigation" aria-label="Pages" className="lg:sticky lg:top-14">
      <ul className="space-y-0.5 p-3">
        {pagesFor(session).map((page) => (
          <li key={page.to}>
            <Link
              to={page.to}
              activeOptions={{ exact: page.to === "/", includeSearch: false }}
              className="block rounded-md px-3 py-1.5 text-sm text-muted hover:bg-sunken hover:text-ink"
              activeProps={{ className: "!text-accent bg-accent-soft font-semibold", "aria-current": "page" }}
              onClick={onGo}
            >
              {page.name}
            </Link>
          </li>
        ))}
        <li className="mt-3 border-t border-line pt-3 md:hidden">
          <p className="px-3 text-sm">{session.name}</p>
          <p className="px-3 text-xs text-muted">{roleName(session.role)}</p>
          <SignOut />
        </li>
      </ul>
    </nav>
  </div>
);

/** Moves the focus to the page's start when another page is opened, so that a screen reader says where one is. */
const useFocusOnNavigation = () => {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [path]);
  return main;
};

const SignedIn = ({ session }: { readonly session: Session }) => {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const main = useFocusOnNavigation();
  return (
    <SessionContext value={session}>
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <TopBar isMenuOpen={isMenuOpen} onMenu={() => setMenuOpen(!isMenuOpen)} />
      <div className="lg:flex lg:min-h-[calc(100dvh-3.4rem)]">
        <Navigation session={session} isOpen={isMenuOpen} onGo={() => setMenuOpen(false)} />
        <main id="main" ref={main} tabIndex={-1} className="min-w-0 flex-1 p-4 outline-none sm:p-6 xl:px-8">
          <div className="mx-auto max-w-[90rem]">
            <Outlet />
          </div>
        </main>
      </div>
    </SessionContext>
  );
};

/** The frame of all pages: sign-in first, then what the role opens. */
export const Shell = () => {
  const session = useQuery({
    queryKey: ["session"],
    queryFn: readSession,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (session.data) return <SignedIn session={session.data} />;
  if (session.data === null) return <SignInPage />;
  return (
    <main className="mx-auto max-w-xl p-6">
      <h1 className="sr-only">Commercial-Ops</h1>
      {session.isError ? (
        <FaultNotice
          title="Commercial-Ops does not answer"
          fault={faultOf(session.error)}
          onRetry={() => void session.refetch().catch(() => undefined)}
        />
      ) : (
        <Loading what="your session" />
      )}
    </main>
  );
};
