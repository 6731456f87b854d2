/**
 * The task types, in the order in which data are tried against them: the first that recognises the answers is taken,
 * and the last recognises everything.
 */
import { TunesmithError } from "../../protocol/errors.ts";
import { json } from "./json.ts";
import { knownLabels, labels } from "./labels.ts";
import { longText } from "./long-text.ts";
import type { Scorer, TaskType } from "./metric.ts";
import { shortAnswer } from "./short-answer.ts";

export const taskTypes = [json, labels, shortAnswer, longText] as const;

export type TaskId = (typeof taskTypes)[number]["id"];

/** What the answers are, and so how they are scored. Plain data, kept with the comparison. */
export interface Task {
  id: TaskId;
  /** The labels, for the task type "labels"; otherwise empty. */
  labels: string[];
  /** Why this task type, as the end of a sentence. */
  reason: string;
}

/**
 * The task of a dataset, from all its known answers (training, validation and test: a label that only the training rows
 * have is a known label too), or as `chosen` by the user.
 *
 * @throws dataset-empty without references; usage where `chosen` is no task type.
 */
export function detectTask(references: readonly string[], chosen?: string): Task {
  if (references.length === 0) {
    throw new TunesmithError(
      "dataset-empty",
      "there are no answers from which to tell what kind of task this is",
      "Give a dataset whose rows have answers.",
    );
  }
  const type = taskTypes.find(({ id, recognise }) =>
    chosen === undefined ? recognise(references) !== undefined : id === chosen,
  );
  if (type === undefined) {
    throw new TunesmithError(
      "usage",
      `there is no task type "${chosen}"`,
      `Use one of ${taskTypes.map(({ id }) => id).join(", ")}.`,
    );
  }
  return {
    id: type.id,
    labels: type.id === "labels" ? knownLabels(references) : [],
    reason: chosen === undefined ? type.recognise(references)! : "it was chosen by the user",
  };
}

export function taskType(task: Task): TaskType<TaskId> {
  return taskTypes.find(({ id }) => id === task.id)!;
}

/** The metrics of a task, ready for its labels. */
export function scorerFor(task: Task): Scorer {
  return taskType(task).scorer(task.labels);
}

/** A task as which answers can be scored. */
export interface OfferedTask {
  id: TaskId;
  title: string;
  /** What is measured, in one line. */
  description: string;
  task: Task;
}

/**
 * The tasks as which answers can be scored anew, the one they were made with (`declared`) first, with its labels as they
 * are. Labels of another task come from the references there are, training rows being no longer at hand.
 */
export function tasksFor(references: readonly string[], declared: Task): OfferedTask[] {
  const others = taskTypes.filter(
    ({ id, applies }: TaskType) =>
      id !== declared.id && references.length > 0 && (applies?.(references) ?? true),
  );
  return [declared, ...others.map(({ id }) => detectTask(references, id))].map((task) => {
    const { id, title, description } = taskType(task);
    return { id, title, description, task };
  });
}
