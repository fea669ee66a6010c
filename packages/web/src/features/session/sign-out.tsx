import { useMutation, useQueryClient } from "@tanstack/react-query";
import { signOut } from "../../api.ts";
import { Button } from "../../ui/button.tsx";

/** Ends the session; nothing that was read stays. */
export const SignOut = () => {
  const client = useQueryClient();
  const leaving = useMutation({
    mutationFn: signOut,
    onSettled: () => {
      client.clear();
      client.setQueryData(["session"], null);
    },
  });
  return (
    <Button look="quiet" onClick={() => leaving.mutate()} isBusy={leaving.isPending}>
      Sign out
    </Button>
  );
};
