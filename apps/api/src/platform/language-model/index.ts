export { estimateTokens, ModelFailure, type FailureReason, type LanguageModel, type ModelAnswer, type ModelMessage, type ModelPrompt } from './language-model.ts';
export { openLanguageModel } from './openai.ts';
