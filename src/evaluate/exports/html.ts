/** The page that stands by itself. */
import { renderComparisonPage } from "../page/page.ts";
import type { Exporter } from "./exporter.ts";

export const htmlPage: Exporter = {
  id: "html",
  title: "Web page, standing by itself",
  extension: "html",
  export: (comparison, { training, notes }) => renderComparisonPage(comparison, training, notes),
};
