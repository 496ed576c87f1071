import { CodedError } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';

/** Nobody pays for what nothing here can use. @throws QUOTA_NOT_SOLD where no language model is set */
export function requireSold({ languageModel }: Pick<Deps, 'languageModel'>): void {
  if (!languageModel) throw new CodedError('QUOTA_NOT_SOLD');
}
