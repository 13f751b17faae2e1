/** Escapes text for HTML pages, and computes hashes for a page's content security policy. */
import { createHash } from 'node:crypto';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for the content or a quoted attribute of HTML and SVG. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, letter => ENTITIES[letter] as string);
}

export const contentPolicyHash = (text: string) =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
