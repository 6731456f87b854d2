/** Checks a recipe's JSON value against the schemas: its own, and that of the tuning method it names. */
import { type Mistake, mistakesIn, shown } from "../json/check.ts";
import { isJsonObject } from "../json/object.ts";
import { defaultMethod, type MethodName, methods } from "../methods/index.ts";
import { nearest } from "../protocol/suggest.ts";
import { recipeSchema } from "./recipe-schema.ts";

/** Fills the plain defaults of `recipe` in place and lists what is wrong with it. */
export function checkRecipe(recipe: unknown): Mistake[] {
  const mistakes = mistakesIn(recipeSchema, recipe, "", "the recipe");
  if (!isJsonObject(recipe) || !isJsonObject(recipe.method)) return mistakes;
  return [...mistakes, ...checkMethod(recipe.method)];
}

/** The settings inside `method`, by the schema that its name chooses. */
function checkMethod(settings: Record<string, unknown>): Mistake[] {
  const known = Object.keys(methods);
  const name = settings.name;
  if (typeof name === "string" && known.includes(name)) {
    return mistakesIn(methods[name as MethodName].schema, settings, "/method", "the recipe");
  }
  const allowed = known.map((method) => JSON.stringify(method)).join(", ");
  if (name === undefined) {
    const message = `method has no "name"; it is one of ${allowed}`;
    return [{ pointer: "/method", part: "value", message, hint: `Add "name": "${defaultMethod}".` }];
  }
  const near = typeof name === "string" ? nearest(name, known) : undefined;
  const message = `method.name should be one of ${allowed}, but is ${shown(name)}`;
  return [{ pointer: "/method/name", part: "value", message, hint: near ? `Did you mean "${near}"?` : "" }];
}
