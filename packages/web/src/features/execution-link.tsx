import { Link } from "@tanstack/react-router";

/** An execution by its name; the way to its page. */
export const ExecutionLink = ({ id, name }: { readonly id: string; readonly name: string }) => (
  <Link to="/workflows/$executionId" params={{ executionId: id }} className="link break-all">
    {name}
  </Link>
);

/** The way to the executions whose name has a part, such as an invoice's id. */
export const ExecutionsOf = ({ name, children }: { readonly name: string; readonly children: string }) => (
  <Link to="/workflows" search={{ name }} className="link">
    {children}
  </Link>
);
