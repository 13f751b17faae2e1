/** Small helpers around the page. */
import { Refusal } from '../../../shared/errors.ts';

/** The element of this id, of this class; the page is our own, so a missing one is a mistake of ours. */
export function find<T extends Element>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`no ${id} in the page`);
  return element;
}

export const text = (id: string, value: string): void => {
  find(id, HTMLElement).textContent = value;
};

export const hide = (id: string, hidden: boolean): void => {
  find(id, HTMLElement).hidden = hidden;
};

/** What went wrong, in a sentence or two. Always as text, never as markup. */
export const sentence = (error: unknown): string =>
  error instanceof Refusal ? `${error.message}. ${error.hint}` : `Something failed: ${error}`;
