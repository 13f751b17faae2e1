/** Text in pages, and the hash by which a page's policy allows its own script or style. */
import { createHash } from 'node:crypto';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in quotes, of HTML and of SVG. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, letter => ENTITIES[letter] as string);
}

export const policyHash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
