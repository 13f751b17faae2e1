/** Helper functions for elements of the page. */
import { Refusal } from '../../../shared/errors.ts';

/**
 * The element with this id and class.
 * @throws Error if the page has no such element, which is a fault of the program
 */
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

/** Highlights the button for the next step, and removes the highlight from the other buttons. */
export function highlightButton(id: string): void {
  for (const button of document.querySelectorAll('button'))
    button.classList.toggle('primary', button.id === id);
}

/**
 * Marks the current step of a panel with a style. Writes `now` beside the current step, and `done` beside
 * each earlier step.
 * @param current number of the current step, from 1. With a number above the last step, all steps are done
 */
export function markCurrentStep(panel: 'show' | 'scan', current: number): void {
  for (const [i, step] of [...document.querySelectorAll(`#${panel} .steps > li`)].entries()) {
    if (i + 1 === current) step.setAttribute('aria-current', 'step');
    else step.removeAttribute('aria-current');
    const word = i + 1 < current ? 'done' : i + 1 === current ? 'now' : '';
    step.querySelector('.state')!.textContent = word;
  }
}

/** The message of an error, and the hint of a refusal. The page inserts it as text, and never as markup. */
export const errorSentenceOf = (error: unknown): string =>
  error instanceof Refusal ? `${error.message}. ${error.hint}` : `Unexpected error: ${error}`;
