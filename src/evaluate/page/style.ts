/** The page's style sheet. The content security policy names it by its hash, as it does the script. */
export const pageStyleHash = "sha256-8SoBbwH/ERN0hzb3l/aBXueefAn4N4v3NG9nIKHpqGQ=";

export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #fafaf8; --card: #ffffff; --ink: #1d1e22; --soft: #5b5e68; --faint: #646874; --line: #e3e3df; --well: #f2f2ee;
  --accent: #3f51c7; --accent-soft: #e9ebfa; --good: #1a7a4c; --good-soft: #e5f4ec; --bad: #b3372f; --bad-soft: #fbeae8;
  --open: #8a6a12; --open-soft: #f8f0da; --shade: 63, 81, 199; --miss: 190, 70, 60;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131418; --card: #1b1d22; --ink: #e8e8ea; --soft: #a9acb6; --faint: #9296a2; --line: #2d3037; --well: #22252b;
    --accent: #9aa8ff; --accent-soft: #262b4d; --good: #6fd3a1; --good-soft: #17322a; --bad: #ff938a; --bad-soft: #3c2221;
    --open: #e5c265; --open-soft: #37301b; --shade: 126, 142, 255; --miss: 235, 110, 98;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 var(--sans); font-variant-numeric: tabular-nums; }
main, header, footer { max-width: 1180px; margin: 0 auto; padding: 0 28px; }
header { padding-top: 40px; }
h1 { font-size: 15px; font-weight: 600; margin: 0; }
h2 { font-size: 17px; font-weight: 650; letter-spacing: -0.005em; margin: 0 0 4px; }
h4 { font-size: 13px; margin: 0 0 8px; }
p { margin: 0 0 12px; max-width: 84ch; text-wrap: pretty; }
section { margin-top: 44px; }
.faint, .meta { color: var(--faint); }
.crumb { color: var(--soft); margin: 2px 0 0; font-size: 14px; }
.scroll { overflow-x: auto; }
.number { text-align: right; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }

.verdict { margin-top: 22px; background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 12px; padding: 26px 28px 24px; }
.fine-tuned-better { --tone: var(--good); --tone-soft: var(--good-soft); }
.prompting-better { --tone: var(--accent); --tone-soft: var(--accent-soft); }
.no-difference-shown, .too-few-examples, .preliminary { --tone: var(--open); --tone-soft: var(--open-soft); }
.headline { font-size: 30px; line-height: 1.2; font-weight: 700; letter-spacing: -0.02em; margin: 0 0 10px; color: var(--tone); }
.verdict p { margin: 0; color: var(--soft); }
.verdict p + p { margin-top: 6px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 18px 20px; margin: 24px 0 0; padding: 20px 0 0; border-top: 1px solid var(--line); }
.tiles div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.tiles dt { color: var(--faint); font-size: 13px; overflow-wrap: anywhere; }
.tiles dt::first-letter { text-transform: none; }
.tiles dd { margin: 0; font-size: 24px; font-weight: 650; letter-spacing: -0.015em; line-height: 1.25; }
.tiles .tuned dd { color: var(--tone); }

table { border-collapse: collapse; width: 100%; }
th { font-weight: 550; text-align: left; }
.framed { margin-top: 12px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.summary th, .summary td { padding: 10px 8px; text-align: right; vertical-align: top; white-space: nowrap; border-top: 1px solid var(--line); }
.summary thead th { border-top: 0; color: var(--faint); font-size: 13px; font-weight: 500; white-space: normal; vertical-align: bottom; line-height: 1.3; min-width: 76px; }
.summary th:first-child { text-align: left; padding-left: 18px; white-space: normal; min-width: 152px; }
.summary td:last-child, .summary thead th:last-child { padding-right: 18px; }
.summary .interval { display: block; font-weight: 400; color: var(--faint); font-size: 12.5px; }
.summary tr { background: var(--card); }
.summary tr.tuned { background: var(--accent-soft); }
.summary th:first-child { position: sticky; left: 0; background: inherit; }
.summary tr.tuned td:nth-child(2) { font-weight: 700; }
.role { display: block; font-weight: 400; color: var(--faint); font-size: 12.5px; }
.plain th, .plain td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); }
.plain th { color: var(--faint); font-size: 13px; font-weight: 500; }
.plain .number { text-align: right; }

svg { display: block; width: 100%; overflow: visible; }
svg text { fill: var(--faint); font: 12px var(--sans); }
.grid { stroke: var(--line); }
.zero { stroke: var(--faint); stroke-width: 1.5; }
.forest { margin-top: 14px; }
.forest-row { display: grid; grid-template-columns: 172px minmax(160px, 1fr) 340px; gap: 0 22px; align-items: center; }
.forest-figures span { margin-left: 8px; color: var(--soft); }
.forest-figures .faint { color: var(--faint); font-size: 13px; }
.main .forest-name, .main .forest-figures b { font-weight: 700; }
.whisker { stroke-width: 2; } .main .whisker { stroke-width: 3; }
.whisker.ahead { stroke: var(--good); } .whisker.behind { stroke: var(--bad); } .whisker.open { stroke: var(--open); }
.dot.ahead { fill: var(--good); } .dot.behind { fill: var(--bad); } .dot.open { fill: var(--open); }

.loss { display: grid; grid-template-columns: 38px 1fr; grid-template-rows: 240px 18px; gap: 0 10px; margin: 16px 6px 8px 0; }
.loss > svg { height: 100%; }
.loss-plot > svg { overflow: hidden; }
.loss-x { grid-column: 2; }
.loss polyline { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
polyline.raw { stroke: var(--accent); stroke-opacity: 0.28; stroke-width: 1; }
polyline.smooth { stroke: var(--accent); stroke-width: 2.25; }
polyline.validation { stroke: var(--good); stroke-width: 1.5; stroke-dasharray: 5 4; }
circle.validation { fill: var(--good); stroke: var(--paper); stroke-width: 1.5; }
circle.kept { fill: var(--paper); stroke: var(--good); stroke-width: 3; }
line.best { stroke: var(--good); stroke-dasharray: 2 4; }
.key { color: var(--soft); font-size: 13.5px; margin-left: 48px; max-width: none; }
.swatch { display: inline-block; width: 20px; height: 0; margin-right: 7px; vertical-align: middle; border-top: 2.5px solid var(--accent); }
.key > span { display: inline-block; white-space: nowrap; margin-right: 16px; }
.swatch.raw { border-top-width: 1px; opacity: 0.5; } .swatch.validation { border-top: 2px dashed var(--good); }

.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 24px 40px; margin: 14px 0; }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: 6px; }
.confusion { width: auto; border-spacing: 2px; border-collapse: separate; font-size: 13px; }
.confusion td { min-width: 60px; height: 34px; text-align: center; border-radius: 5px; }
.confusion thead td { background: none; }
.confusion th { font-weight: 450; color: var(--soft); padding: 0 6px; max-width: 110px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.confusion thead th { text-align: center; max-width: 60px; }
.confusion tbody th { text-align: right; }
.nil { color: var(--faint); opacity: 0.55; }
.hit { --tint: var(--shade); } .miss { --tint: var(--miss); }
.shade-0 { background: var(--well); }
${[1, 2, 3, 4, 5, 6, 7, 8].map((shade) => `.shade-${shade} { background: rgba(var(--tint), ${(0.06 + 0.055 * shade).toFixed(3)}); }`).join("\n")}

.controls { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 12px 0; background: var(--paper); border-bottom: 1px solid var(--line); }
button { font: inherit; color: inherit; cursor: pointer; }
.controls button { background: var(--card); border: 1px solid var(--line); border-radius: 999px; padding: 5px 13px; font-size: 14px; }
.controls button:hover { border-color: var(--faint); }
.controls button[aria-pressed="true"] { background: var(--ink); border-color: var(--ink); color: var(--paper); }
.controls .number { margin-left: 3px; opacity: 0.65; font-size: 13px; }
#search { flex: 1 1 180px; max-width: 320px; min-width: 0; font: inherit; font-size: 14px; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 999px; padding: 5px 14px; margin-left: auto; }
#found { color: var(--faint); font-size: 13.5px; margin: 12px 0; }
#rows { list-style: none; margin: 0; padding: 0; }
.row { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 20px; margin-bottom: 14px; content-visibility: auto; contain-intrinsic-size: auto 240px; }
.row-head { display: flex; gap: 12px; align-items: baseline; justify-content: space-between; font-size: 13px; }
.row-id { color: var(--faint); overflow-wrap: anywhere; }
.tag { border-radius: 999px; padding: 1px 10px; background: var(--well); color: var(--soft); white-space: nowrap; }
.tag.wins { background: var(--good-soft); color: var(--good); } .tag.loses { background: var(--bad-soft); color: var(--bad); }
.ask { display: grid; grid-template-columns: 3fr 2fr; gap: 8px 28px; margin: 8px 0 14px; }
.ask > div, .answers > div { min-width: 0; }
.label { color: var(--faint); font-size: 12.5px; margin-bottom: 2px; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.text.mono, .json .answer .text, .json .reference .text { font: 13px/1.5 var(--mono); }
.differs { text-decoration: underline; text-decoration-color: var(--bad); text-decoration-thickness: 2px; text-underline-offset: 3px; text-decoration-skip-ink: none; }
.folded { max-height: 9.3em; overflow: hidden; -webkit-mask-image: linear-gradient(#000 65%, transparent); mask-image: linear-gradient(#000 65%, transparent); }
.unfold { border: 0; background: none; padding: 2px 0; color: var(--accent); font-size: 13.5px; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 10px; }
.answer { background: var(--well); border-radius: 9px; padding: 10px 13px; display: flex; flex-direction: column; }
.answer.tuned { box-shadow: inset 0 0 0 1.5px var(--accent); }
.answer-head { display: flex; justify-content: space-between; align-items: flex-start; gap: 10px; font-size: 13px; margin-bottom: 4px; }
.way { color: var(--soft); font-weight: 550; min-width: 0; overflow-wrap: anywhere; }
.mark { display: inline-flex; align-items: center; gap: 4px; white-space: nowrap; color: var(--soft); font-weight: 550; }
.mark.right { color: var(--good); } .mark.wrong { color: var(--bad); }
.icon { width: 14px; height: 14px; fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.meta { font-size: 12.5px; margin-top: auto; padding-top: 6px; }
.warn { color: var(--open); }
.note { margin-top: 10px; padding-left: 12px; border-left: 3px solid var(--accent); }
details { margin-top: 12px; }
summary { cursor: pointer; color: var(--soft); font-size: 13.5px; width: fit-content; }
summary:hover { color: var(--ink); }
.sent-all { display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); gap: 18px 24px; margin-top: 12px; }
.sent { min-width: 0; }
.shots { margin: 0 0 12px; padding-left: 20px; } .shots li { margin-bottom: 8px; }
.integrity { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 0 40px; margin: 12px 0 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 22px; }
.integrity > div { display: grid; grid-template-columns: 118px 1fr; gap: 14px; padding: 7px 0; }
dt { color: var(--faint); } dt::first-letter { text-transform: uppercase; } dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
code { font: 12.5px var(--mono); color: var(--soft); }
footer { color: var(--faint); font-size: 13px; padding-top: 36px; padding-bottom: 48px; }
@media (max-width: 860px) {
  .forest-row { grid-template-columns: 1fr auto; margin-bottom: 6px; }
  .forest-row svg { grid-row: 2; grid-column: 1 / -1; }
  .forest-figures { text-align: right; }
}
@media (max-width: 640px) {
  main, header, footer { padding-left: 16px; padding-right: 16px; }
  header { padding-top: 24px; }
  .verdict { padding: 20px 18px; }
  .headline { font-size: 25px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 16px; }
  .tiles dd { font-size: 20px; }
  .forest-figures span.faint { display: block; }
  .ask { grid-template-columns: 1fr; }
  .row { padding: 14px; }
  .controls { flex-wrap: nowrap; overflow-x: auto; margin: 0 -16px; padding-left: 16px; padding-right: 16px; }
  .controls button, #search { flex: none; }
  #search { width: 170px; }
  .integrity > div { grid-template-columns: 100px 1fr; }
  .key { margin-left: 0; }
}
@media print { .controls, details { display: none; } }
`;
