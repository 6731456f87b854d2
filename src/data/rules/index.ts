/** The lint rules. A new one is a file here and a line below, in the order in which problems of one place are told. */
import { ambiguousFormat } from "./ambiguous-format.ts";
import { answerTruncatedAway } from "./answer-truncated-away.ts";
import { assistantBoilerplate } from "./assistant-boilerplate.ts";
import { boundaryWhitespace } from "./boundary-whitespace.ts";
import { byteOrderMark } from "./byte-order-mark.ts";
import { classImbalance } from "./class-imbalance.ts";
import { conflictingAnswers } from "./conflicting-answers.ts";
import { constantColumn } from "./constant-column.ts";
import { csvColumnCount } from "./csv-column-count.ts";
import { csvDuplicateColumn } from "./csv-duplicate-column.ts";
import { csvHeaderCase } from "./csv-header-case.ts";
import { csvHeaderMissing } from "./csv-header-missing.ts";
import { csvQuotes } from "./csv-quotes.ts";
import { duplicateKey } from "./duplicate-key.ts";
import { duplicateRow } from "./duplicate-row.ts";
import { emptyContent } from "./empty-content.ts";
import { emptyMessages } from "./empty-messages.ts";
import { encodingNotUtf8 } from "./encoding-not-utf8.ts";
import { exceedsContext } from "./exceeds-context.ts";
import { firstNotUser } from "./first-not-user.ts";
import { forgotten } from "./forgotten.ts";
import { heldOutRows } from "./held-out-rows.ts";
import { highestLoss } from "./highest-loss.ts";
import { historyRewritten } from "./history-rewritten.ts";
import { inconsistentType } from "./inconsistent-type.ts";
import { invalidLabel } from "./invalid-label.ts";
import { invalidWeight } from "./invalid-weight.ts";
import { invisibleChars } from "./invisible-chars.ts";
import { jsonJsonlMismatch } from "./json-jsonl-mismatch.ts";
import { jsonParse } from "./json-parse.ts";
import { jsonlBlankLine } from "./jsonl-blank-line.ts";
import { jsonlMultipleRecordsOnLine } from "./jsonl-multiple-records-on-line.ts";
import { jsonlRecordSpansLines } from "./jsonl-record-spans-lines.ts";
import { keyCase } from "./key-case.ts";
import { labelTypo } from "./label-typo.ts";
import { languageMix } from "./language-mix.ts";
import { lastNotAssistant } from "./last-not-assistant.ts";
import { leakedTemplateTokens } from "./leaked-template-tokens.ts";
import { lengthOutlier } from "./length-outlier.ts";
import { loneSurrogate } from "./lone-surrogate.ts";
import { mediaCountMismatch } from "./media-count-mismatch.ts";
import { mergedExamples } from "./merged-examples.ts";
import { missingRequiredKey } from "./missing-required-key.ts";
import { mixedFormats } from "./mixed-formats.ts";
import { mojibake } from "./mojibake.ts";
import { multipleSystem } from "./multiple-system.ts";
import { nearDuplicate } from "./near-duplicate.ts";
import { neverLearned } from "./never-learned.ts";
import { noAssistant } from "./no-assistant.ts";
import { noEosAfterAnswer } from "./no-eos-after-answer.ts";
import { noTrainedMessage } from "./no-trained-message.ts";
import { noTrainedToken } from "./no-trained-token.ts";
import { nonStringContent } from "./non-string-content.ts";
import { personalData } from "./personal-data.ts";
import { placeholderContent } from "./placeholder-content.ts";
import { preferenceIdentical } from "./preference-identical.ts";
import { preferenceShape } from "./preference-shape.ts";
import { promptLastNotUser } from "./prompt-last-not-user.ts";
import { promptNotPrefix } from "./prompt-not-prefix.ts";
import { rareKey } from "./rare-key.ts";
import { rareLabel } from "./rare-label.ts";
import { recordNotObject } from "./record-not-object.ts";
import { repetitionOrGibberish } from "./repetition-or-gibberish.ts";
import { replacementCharacter } from "./replacement-character.ts";
import { rolesMustAlternate } from "./roles-must-alternate.ts";
import type { Rule } from "./rule.ts";
import { secret } from "./secret.ts";
import { smallerThanBatch } from "./smaller-than-batch.ts";
import { specialTokenInContent } from "./special-token-in-content.ts";
import { systemNotFirst } from "./system-not-first.ts";
import { systemPromptDrift } from "./system-prompt-drift.ts";
import { templateRejects } from "./template-rejects.ts";
import { thinkTagConsistency } from "./think-tag-consistency.ts";
import { tooFewRows } from "./too-few-rows.ts";
import { toolArgumentsInvalid } from "./tool-arguments-invalid.ts";
import { toolCallShape } from "./tool-call-shape.ts";
import { toolCallUnpaired } from "./tool-call-unpaired.ts";
import { toolDeclarationInvalid } from "./tool-declaration-invalid.ts";
import { toolNameUnknown } from "./tool-name-unknown.ts";
import { trainEvalLeak } from "./train-eval-leak.ts";
import { truncatedAnswer } from "./truncated-answer.ts";
import { unknownFormat } from "./unknown-format.ts";
import { unknownKey } from "./unknown-key.ts";
import { unknownRole } from "./unknown-role.ts";
import { unreadableRecord } from "./unreadable-record.ts";
import { unseenReference } from "./unseen-reference.ts";

export const rules: readonly Rule[] = [
  jsonParse,
  jsonlBlankLine,
  jsonlRecordSpansLines,
  jsonlMultipleRecordsOnLine,
  jsonJsonlMismatch,
  recordNotObject,
  duplicateKey,
  encodingNotUtf8,
  byteOrderMark,
  replacementCharacter,
  mojibake,
  loneSurrogate,
  invisibleChars,
  csvColumnCount,
  csvQuotes,
  csvHeaderMissing,
  csvHeaderCase,
  csvDuplicateColumn,
  unknownFormat,
  mixedFormats,
  ambiguousFormat,
  missingRequiredKey,
  unknownKey,
  rareKey,
  keyCase,
  inconsistentType,
  nonStringContent,
  invalidWeight,
  invalidLabel,
  unreadableRecord,
  emptyMessages,
  unknownRole,
  systemNotFirst,
  multipleSystem,
  firstNotUser,
  rolesMustAlternate,
  lastNotAssistant,
  promptLastNotUser,
  noAssistant,
  noTrainedMessage,
  toolDeclarationInvalid,
  toolCallShape,
  toolArgumentsInvalid,
  toolNameUnknown,
  toolCallUnpaired,
  preferenceShape,
  preferenceIdentical,
  mediaCountMismatch,
  emptyContent,
  placeholderContent,
  leakedTemplateTokens,
  mergedExamples,
  truncatedAnswer,
  secret,
  personalData,
  assistantBoilerplate,
  repetitionOrGibberish,
  unseenReference,
  templateRejects,
  exceedsContext,
  answerTruncatedAway,
  noTrainedToken,
  noEosAfterAnswer,
  promptNotPrefix,
  boundaryWhitespace,
  specialTokenInContent,
  historyRewritten,
  thinkTagConsistency,
  duplicateRow,
  nearDuplicate,
  conflictingAnswers,
  trainEvalLeak,
  classImbalance,
  rareLabel,
  labelTypo,
  tooFewRows,
  heldOutRows,
  constantColumn,
  lengthOutlier,
  languageMix,
  systemPromptDrift,
  smallerThanBatch,
  highestLoss,
  neverLearned,
  forgotten,
];
