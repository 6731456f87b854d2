/** Addresses of people's mail. Those of documentation, of roles (`support@`) and of programs are nobody's. */

import type { PersonalStretch } from "./personal.ts";

/** RFC 5321 allows 64 before the sign and 255 behind it. */
const longestLocal = 64;
const longestDomain = 255;

const inLocal = /[A-Za-z0-9._%+-]/;
const inDomain = /[A-Za-z0-9.-]/;
const wholeDomain = /^[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9][A-Za-z0-9-]*)*\.([A-Za-z]{2,24})$/;
/** Names that belong to an office or are made up. */
const nobody =
  /^(?:info|support|contact|admin|administrator|sales|help|helpdesk|service|office|mail|email|hello|team|press|media|jobs|careers|hr|billing|accounts?|marketing|feedback|security|privacy|legal|abuse|postmaster|webmaster|hostmaster|no-?reply|do-?not-?reply|mailer-daemon|newsletter|news|notifications?|customer\.?(?:service|support|care)|git|you|your|your[._-]?(?:name|email)|name|user|username|someone|somebody|example|test|foo|bar|abc|xyz|me|firstname[._]lastname|first[._]last|(?:john|jane)[._-]?(?:doe|smith)|alice|bob)\d{0,3}$/i;
const documentation =
  /(?:^|\.)(?:example\.[a-z]{2,6}|example|test|invalid|local|localhost|(?:your|my|some)?-?(?:domain|company|email|site|website|server|host|mail|provider|organi[sz]ation|org|business|school|university|bank|store|shop)\.(?:com|org|net|edu|io|co)|(?:acme|foo|bar|abc|xyz|sample|test|demo)\.(?:com|org|net|io))$/i;
/** `icon@2x.png` names a file. */
const fileEnding = /^(?:png|jpe?g|gif|svg|webp|pdf|js|mjs|ts|tsx|jsx|css|py|json|html?|mp[34]|zip|service)$/i;

export function emailsIn(text: string): PersonalStretch[] {
  const found: PersonalStretch[] = [];
  let last = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at;
    const least = Math.max(last, at - longestLocal);
    while (start > least && inLocal.test(text[start - 1]!)) start--;
    while (start < at && /[._%+-]/.test(text[start]!)) start++;
    if (start === at) continue;
    let end = at + 1;
    const most = Math.min(text.length, end + longestDomain);
    while (end < most && inDomain.test(text[end]!)) end++;
    // A full stop or a dash behind it belongs to the sentence.
    while (/[.-]/.test(text[end - 1]!)) end--;
    const domain = text.slice(at + 1, end);
    const ending = wholeDomain.exec(domain)?.[1];
    if (ending === undefined || /\w/.test(text[end] ?? "") || isInAddress(text, start)) continue;
    last = end;
    if (nobody.test(text.slice(start, at)) || documentation.test(domain) || fileEnding.test(ending)) continue;
    found.push({ start, end });
  }
  return found;
}

/** In `https://user:password@host` and `https://host/@name` nobody gets mail. */
function isInAddress(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 80), at);
  return before.slice(before.search(/\S*$/)).includes("://");
}
