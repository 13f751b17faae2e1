/** The result of verifying a mapping, in sentences for the command line and the holders' page. */
import { isUnambiguousTime, type Mapping } from '../../../shared/mapping/mapping.ts';
import { hasPolicy, type Policy, type Verification } from '../../../shared/mapping/verify.ts';
import { controllersText } from '../../platform/text/words.ts';

/** The verdict as a sentence, without the full stop. */
export function verdictText(mapping: Mapping, policy: Policy, found: Verification): string {
  if (found.begins)
    return 'This is the empty first mapping. It has no signatures: the first issuance adds them';
  const signed = `signed by ${controllersText(found.controllers)}; ${found.required} needed`;
  if (found.valid) return `The mapping is valid: ${signed}`;
  const policies = `its policy is ${mapping.n} of ${mapping.m}; the pinned policy is ${policy.n} of ${policy.m}`;
  return `The mapping is NOT valid: ${hasPolicy(mapping, policy) ? signed : policies}`;
}

/**
 * True if the height is in doubt. In the signed text, the height follows the time without a separator. Unless
 * the time has the strict form, the text does not show where the time ends.
 */
export const hasAmbiguousTime = (mapping: Mapping): boolean =>
  mapping.size > 0 && !isUnambiguousTime(mapping.time);

export const UNSURE_TIME =
  'The time of the mapping has an older form. The signed text does not show where the time ends and the height begins. Compare the height with another copy.';
