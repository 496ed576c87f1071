/**
 * Styles. Glossary: a *style* is what an artist licenses; an *artwork* is one image it is trained on; a *training* is the job
 * that makes its weights; a *checkpoint* is weights that a training delivered, with *samples* made from them; *terms* are the
 * versions of what a buyer may do.
 */
export { createStylesRouter } from './styles.router.ts';
export { trainingHooks } from './training-hooks.ts';
export { registerShownArtworks } from './shown-artworks.routes.ts';
export { stylesLeaveStep } from './leave-step.ts';
export { assertPromptAllowed, returnTryOuts, styleForGeneration, type GenerationAsked, type SpecOfStyle, type StyleForGeneration } from './style-for-generation.ts';
export { styleRightsOf, termsUrl, type StyleRights } from './style-rights.ts';
export { RIGHTS, type RightsRow } from './styles.sql.ts';
export { findTerms, styleCards, termsDtoOf } from './styles.queries.ts';
export { styleVocabulary, type StyleVocabulary } from './style-vocabulary.ts';
export { checkTags } from './style-rules.ts';
