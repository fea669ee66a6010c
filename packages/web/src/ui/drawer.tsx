import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { ScrollRegion } from "./scroll-region.tsx";

interface DrawerProps {
  readonly title: string;
  readonly lead: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A sheet at the side for the evidence behind a number; Escape closes it. */
export const Drawer = ({ title, lead, isOpen, onClose, children }: DrawerProps) => (
  <Dialog.Root open={isOpen} onOpenChange={(open) => open || onClose()}>
    <Dialog.Portal>
      <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
      <Dialog.Content className="fixed inset-y-0 right-0 z-50 flex w-full max-w-xl flex-col border-l border-line bg-surface shadow-2xl">
        <div className="flex items-start justify-between gap-4 border-b border-line px-5 py-4">
          <div className="min-w-0">
            <Dialog.Title className="text-lg font-semibold">{title}</Dialog.Title>
            <Dialog.Description className="text-sm text-muted">{lead}</Dialog.Description>
          </div>
          <Dialog.Close className="rounded-md px-2 py-1 text-sm font-medium text-accent hover:bg-accent-soft">
            Close
          </Dialog.Close>
        </div>
        <ScrollRegion label={title} className="min-h-0 flex-1 space-y-5 overflow-y-auto p-5">
          {children}
        </ScrollRegion>
      </Dialog.Content>
    </Dialog.Portal>
  </Dialog.Root>
);

/** A small dialog in the middle that asks for something before it goes on. */
export const Prompt = ({ title, lead, isOpen, onClose, children }: DrawerProps) => (
  <Dialog.Root open={isOpen} onOpenChange={(open) => open || onClose()}>
    <Dialog.Portal>
      <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
      <Dialog.Content className="fixed top-1/2 left-1/2 z-50 max-h-[90dvh] w-[min(30rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 space-y-4 overflow-y-auto rounded-lg border border-line bg-surface p-5 shadow-2xl">
        <div>
          <Dialog.Title className="text-lg font-semibold">{title}</Dialog.Title>
          <Dialog.Description className="mt-1 text-sm text-muted">{lead}</Dialog.Description>
        </div>
        {children}
      </Dialog.Content>
    </Dialog.Portal>
  </Dialog.Root>
);
