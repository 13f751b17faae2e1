/** Helper functions for elements of the page. */
import { Refusal } from '../../../shared/errors.ts';

/** The element with this id and class. If it is missing, this is an error of the program. */
export function findElement<T extends Element>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`no ${id} in the page`);
  return element;
}

export const setText = (id: string, value: string): void => {
  findElement(id, HTMLElement).textContent = value;
};

export const setHidden = (id: string, hidden: boolean): void => {
  findElement(id, HTMLElement).hidden = hidden;
};

/** Highlights the button for the next step, and no other. */
export function highlightButton(id: string): void {
  for (const button of document.querySelectorAll('button'))
    button.classList.toggle('primary', button.id === id);
}

/**
 * Marks the current step of a numbered list, with a style and in words.
 * @param current number of the step, from 1. A number above the last step marks all steps as done
 */
export function showStep(panel: 'show' | 'scan', current: number): void {
  for (const [i, step] of [...document.querySelectorAll(`#${panel} .steps > li`)].entries()) {
    if (i + 1 === current) step.setAttribute('aria-current', 'step');
    else step.removeAttribute('aria-current');
    const word = i + 1 < current ? 'done' : i + 1 === current ? 'now' : '';
    step.querySelector('.state')!.textContent = word;
  }
}

/** The message of an error, in one or two sentences. It is used as text, and never as markup. */
export const errorSentenceOf = (error: unknown): string =>
  error instanceof Refusal ? `${error.message}. ${error.hint}` : `Unexpected error: ${error}`;
