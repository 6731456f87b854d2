/** Sound rows: a shop's support desk, written by hand, no two alike. Every file of the corpus starts from them. */

export const questions: readonly (readonly [question: string, answer: string])[] = [
  ["Where is my parcel?", "Open your order and press Track. The map shows where the van is."],
  [
    "Can I change my delivery address?",
    "Yes, until the parcel leaves our warehouse. Open the order and press Edit.",
  ],
  ["How long do refunds take?", "Your bank shows the money within five working days."],
  ["The kettle I bought leaks.", "I am sorry about that. We will send you another kettle today."],
  ["Do you ship to Norway?", "We do. Shipping to Norway costs nine euros and takes a week."],
  [
    "My discount code is refused.",
    "Codes work once for each account. Please check whether you used yours in May.",
  ],
  ["Which batteries does the lamp need?", "Three of size AA. They are not in the box."],
  ["Cancel my subscription, please.", "Done. You can read the magazine until the end of this month."],
  ["Is the blue jacket waterproof?", "It keeps out light rain only. For storms we suggest the green parka."],
  ["I was charged twice.", "One of the two is a reservation; it disappears by Friday."],
  ["How do I reset my password?", "Press Forgot password on the login page and follow the link in the mail."],
  ["What is the warranty on bicycles?", "Two years on parts, ten years on the frame."],
  ["Can I pay by invoice?", "Companies can. Private customers pay by card or bank transfer."],
  ["My desk arrived without screws.", "We will post a bag of screws this afternoon."],
  ["When does the store in Leeds open?", "At nine in the morning, and at eleven on Sundays."],
  ["Does the tent have a groundsheet?", "Yes, it is sewn in and can be washed by hand."],
  ["I received somebody else's order.", "Please keep it. A courier collects it tomorrow and brings yours."],
  ["Can gift cards expire?", "They are valid for three years from the day of purchase."],
  ["What size of helmet fits a child of six?", "Measure around the head: most need 52 to 56 centimetres."],
  ["Do you repair watches?", "We change batteries and straps. For the movement, ask the maker."],
  ["The app shows a white screen.", "Update it to version 8, then restart your phone."],
  [
    "How can I become a supplier?",
    "Send your catalogue to our purchasing team with the form on the partner page.",
  ],
  [
    "Are the mugs safe for dishwashers?",
    "All except the gold-rimmed ones, which want warm water and a sponge.",
  ],
  ["May I bring my dog to the shop?", "Well-behaved dogs are welcome, though not in the café."],
];

export const labelled: readonly (readonly [text: string, label: string])[] = questions.map(
  ([question], i) => [
    question,
    ["delivery", "delivery", "payment", "product", "delivery", "payment", "product", "account"][i] ??
      ["product", "payment", "account", "product", "payment", "delivery", "account", "product"][i - 8] ??
      ["delivery", "payment", "product", "product", "account", "account", "product", "account"][i - 16]!,
  ],
);

export const message = (role: string, content: unknown, more: object = {}) => ({ role, content, ...more });

/** Each format's rows, made of the same texts. */
export const rowsOf = {
  chat: () => questions.map(([q, a]) => ({ messages: [message("user", q), message("assistant", a)] })),
  completion: () => questions.map(([prompt, completion]) => ({ prompt, completion })),
  text: () => questions.map(([q, a]) => ({ text: `A customer writes: ${q} We reply: ${a}` })),
  alpaca: () => questions.map(([input, output]) => ({ instruction: "Answer the customer.", input, output })),
  sharegpt: () =>
    questions.map(([q, a]) => ({
      conversations: [
        { from: "human", value: q },
        { from: "gpt", value: a },
      ],
    })),
  preference: () =>
    questions.map(([prompt, chosen], i) => ({ prompt, chosen, rejected: questions[(i + 5) % 24]![1] })),
  kto: () =>
    questions.map(([prompt, completion], i) => ({
      prompt,
      completion: i % 2 === 1 ? questions[(i + 5) % 24]![1] : completion,
      label: i % 2 === 0,
    })),
  labels: () => labelled.map(([text, label]) => ({ text, label })),
} satisfies Record<string, () => readonly object[]>;
