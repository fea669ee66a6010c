import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { usePeriod } from "../features/period.ts";
import { roleName, useSession } from "../features/session/session.ts";
import { SignOut } from "../features/session/sign-out.tsx";
import { Button } from "../ui/button.tsx";
import { Moment, monthText } from "../ui/moment.tsx";
import { useTheme } from "./theme.ts";

const PeriodPicker = () => {
  const { month, periods } = usePeriod();
  const navigate = useNavigate();
  const months = [...new Set([...periods.map((one) => one.period), month])].toSorted().toReversed();
  return (
    <label className="flex items-center gap-2 text-sm">
      <span className="max-sm:sr-only sm:text-muted">Period</span>
      <select
        value={month}
        onChange={(event) => {
          const period = event.target.value;
          navigate({ to: ".", search: (before) => ({ ...before, period }) }).catch(() => undefined);
        }}
        className="min-h-9 rounded-md border border-line-strong bg-surface px-2 text-sm font-medium"
      >
        {months.map((one) => (
          <option key={one} value={one}>
            {monthText(one)}
          </option>
        ))}
      </select>
    </label>
  );
};

/** When what is shown was read: the newest answer of all. */
const useReadAt = (): number => {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (changed) => cache.subscribe(changed),
    () => Math.max(0, ...cache.getAll().map((query) => query.state.dataUpdatedAt)),
  );
};

const Refresh = () => {
  const client = useQueryClient();
  const fetching = useIsFetching();
  const readAt = useReadAt();
  return (
    <div className="flex items-center gap-1 max-sm:hidden">
      {readAt > 0 && (
        <span className="text-xs text-muted max-xl:hidden">
          read <Moment at={new Date(readAt).toISOString()} />
        </span>
      )}
      <Button look="quiet" isBusy={fetching > 0} onClick={() => void client.invalidateQueries().catch(() => undefined)}>
        Refresh
      </Button>
    </div>
  );
};

const ThemeButton = () => {
  const [theme, next] = useTheme();
  return (
    <Button look="quiet" onClick={next} aria-label={`Colours: ${theme}. Press for the next.`}>
      <svg aria-hidden viewBox="0 0 16 16" className="size-4 fill-none stroke-current" strokeWidth="1.5">
        <circle cx="8" cy="8" r="6" />
        <path d="M8 2a6 6 0 0 1 0 12z" className="fill-current" />
      </svg>
    </Button>
  );
};

const Who = () => {
  const session = useSession();
  return (
    <div className="flex items-center gap-1 max-md:hidden">
      <div className="text-right leading-tight">
        <div className="text-sm font-medium">{session.name}</div>
        <div className="text-xs text-muted">{roleName(session.role)}</div>
      </div>
      <SignOut />
    </div>
  );
};

/** Product, period, who one is. */
export const TopBar = ({ onMenu, isMenuOpen }: { readonly onMenu: () => void; readonly isMenuOpen: boolean }) => {
  const session = useSession();
  return (
    <header className="sticky top-0 z-30 flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface px-4 py-2">
      <Button className="lg:hidden" aria-expanded={isMenuOpen} aria-controls="navigation" onClick={onMenu}>
        Menu
      </Button>
      <Link to="/" className="flex items-center gap-2 font-semibold tracking-tight">
        <img src="/icon.svg" alt="" className="size-6" />
        Commercial-Ops
      </Link>
      <div className="ml-auto flex items-center justify-end gap-x-2">
        {session.tenant_id === null && <PeriodPicker />}
        <Refresh />
        <ThemeButton />
        <Who />
      </div>
    </header>
  );
};
