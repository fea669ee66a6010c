import { Link } from "@tanstack/react-router";
import { buttonClass } from "../ui/button.tsx";

/** The way to the next page of a list; nothing on its last one. */
export const NextPage = ({ token, children }: { readonly token: string | null; readonly children: string }) =>
  token === null ? null : (
    <p className="border-t border-line p-3 text-right">
      <Link to="." search={(before) => ({ ...before, page: token })} resetScroll={false} className={buttonClass()}>
        {children}
      </Link>
    </p>
  );
