/** A dialog over the page: its title, what it says, and the buttons that end it. Esc and another hand close it as well. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Props {
    id: string;
    title: string;
    open: boolean;
    onClose: () => void;
    buttons: ComponentChildren;
    children: ComponentChildren;
}

export function Dialog({ id, title, open, onClose, buttons, children }: Props) {
    const dialog = useRef<HTMLDialogElement>(null);
    useEffect(() => {
        if (open && !dialog.current?.open) {
            dialog.current?.showModal();
        } else if (!open && dialog.current?.open) {
            dialog.current.close();
        }
    }, [open]);
    return (
        <dialog class="kern-dialog" ref={dialog} aria-labelledby={`${id}-title`} onClose={onClose}>
            <div class="kern-dialog__header">
                <h2 class="kern-title" id={`${id}-title`}>
                    {title}
                </h2>
            </div>
            <div class="kern-dialog__body">{children}</div>
            <div class="kern-dialog__footer">{buttons}</div>
        </dialog>
    );
}
