import type { FileRule } from "./rule.ts";

export const csvDuplicateColumn: FileRule = {
  id: "csv-duplicate-column",
  level: "syntax",
  on: "file",
  severity: "error",
  summary: "Two columns have the same name",
  rationale:
    "A row is read by the names of its columns: of two with one name, only one can be seen. pandas renames the second; Tunesmith does not train on such a file.",
  source: "pandas' `read_csv` (`mangle_dupe_cols`); Tunesmith's own reading of datasets.",
  check({ header }, _context, report) {
    if (!header) return;
    const { names, cells } = header;
    for (const [i, name] of names.entries()) {
      if (name === "" || names.indexOf(name) === i) continue;
      const { start, end } = cells[i]!;
      report({
        source: [start, end],
        message: `there is another column named "${name}": a row can be read with one of them only`,
        fixes: () => {
          let number = 2;
          while (names.includes(`${name}_${number}`)) number++;
          // Whoever has the same name before this one takes the numbers before.
          number += names.slice(0, i).filter((other) => other === name).length - 1;
          const isQuoted = header.source[start] === '"';
          const text = `${name.replaceAll('"', '""')}_${number}`;
          return [
            {
              title: `Rename this column to "${name}_${number}"`,
              edits: [{ kind: "source", span: [start, end], text: isQuoted ? `"${text}"` : text }],
            },
          ];
        },
      });
    }
  },
  bad: [
    {
      name: "train.csv",
      text: 'text,«text»,"label",«"text"»\na,b,c,d\n',
      fixed: 'text,text_2,"label","text_3"\na,b,c,d\n',
    },
  ],
  good: [
    {
      name: "train.csv",
      text: ",text,Text,label,\n1,a,b,c,\n",
      note: "Columns without a name are nobody's.",
    },
    { text: '{"prompt": "a", "completion": "b"}\n' },
  ],
};
