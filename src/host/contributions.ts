/** Every id that the extension and its manifest share. A test compares them with package.json. Knows nothing of VS Code. */

export const commands = {
  fineTune: "tunesmith.fineTune",
  openSample: "tunesmith.openSample",
  setToken: "tunesmith.setHuggingFaceToken",
  clearToken: "tunesmith.clearHuggingFaceToken",
  showLog: "tunesmith.showLog",
  refreshRuns: "tunesmith.refreshRuns",
  pauseRun: "tunesmith.pauseRun",
  resumeRun: "tunesmith.resumeRun",
  stopRun: "tunesmith.stopRun",
  compareRun: "tunesmith.compareRun",
  showComparison: "tunesmith.showComparison",
  openRun: "tunesmith.openRun",
  openRunFolder: "tunesmith.openRunFolder",
  openRecipe: "tunesmith.openRecipe",
  openRunLog: "tunesmith.openRunLog",
  deleteRun: "tunesmith.deleteRun",
  datasetMenu: "tunesmith.datasetMenu",
  treatAsDataset: "tunesmith.treatAsDataset",
  lintFile: "tunesmith.lintFile",
  fixAllSafe: "tunesmith.fixAllSafe",
  previewFixes: "tunesmith.previewFixes",
  applyProposal: "tunesmith.applyProposal",
  suppressProblem: "tunesmith.suppressProblem",
  explainRule: "tunesmith.explainRule",
  chooseColumns: "tunesmith.chooseColumns",
  goToRow: "tunesmith.goToRow",
  previewRow: "tunesmith.previewRow",
  showStatistics: "tunesmith.showStatistics",
  showOutlook: "tunesmith.showOutlook",
  convertDataset: "tunesmith.convertDataset",
  splitDataset: "tunesmith.splitDataset",
  dedupeDataset: "tunesmith.dedupeDataset",
  shuffleDataset: "tunesmith.shuffleDataset",
  mergeDatasets: "tunesmith.mergeDatasets",
} as const;
export type Command = (typeof commands)[keyof typeof commands];

export const views = {
  container: "tunesmith",
  runs: "tunesmith.runs",
  monitor: "tunesmith.monitor",
} as const;

/** Editor tabs that are pages of ours. */
export const panels = {
  run: "tunesmith.run",
  compare: "tunesmith.compare",
  preview: "tunesmith.preview",
  statistics: "tunesmith.statistics",
} as const;

export const settings = {
  nodePath: "tunesmith.nodePath",
  codeLens: "tunesmith.codeLens",
  notifyOnEnd: "tunesmith.notifyWhenRunEnds",
  comparisonShots: "tunesmith.comparison.shots",
  comparisonRows: "tunesmith.comparison.maxRows",
  chatProvider: "tunesmith.offerTunedModelsInChat",
  lint: "tunesmith.lint.enable",
  lintModel: "tunesmith.lint.model",
} as const;

/** Context keys that `when` clauses read. */
export const contexts = {
  /** Whether no folder of runs is known yet or some are: empty states differ. */
  hasRuns: "tunesmith.hasRuns",
} as const;

/** `contextValue`s of the tree's items, by what can be done with them. */
export const itemKinds = {
  active: "run.active",
  resumable: "run.resumable",
  finished: "run.finished",
  broken: "run.broken",
  comparison: "comparison",
} as const;

export const taskType = "tunesmith";
export const walkthrough = "tunesmith.start";
export const chatVendor = "tunesmith";

/** Language-model tools, for coding agents. */
export const tools = {
  estimate: "tunesmith_estimate",
  start: "tunesmith_start",
  status: "tunesmith_status",
  compare: "tunesmith_compare",
  lint: "tunesmith_lint",
} as const;

/** Files that may be datasets; a test compares them with src/data. */
export const datasetExtensions = [".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt"] as const;
export const recipeSuffix = ".tune.json";
