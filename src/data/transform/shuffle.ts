/** Puts a dataset's records into another order: they change places, and what stands between the places stays. */
import { Random } from "../../random/random.ts";
import { type DatasetText, type Item, requireItems } from "./dataset.ts";

export interface Shuffled {
  text: string;
  rows: number;
  /** Records that stand where they stood, since they cannot be read: by their lines. */
  unmoved: number[];
}

/**
 * Records stay in their split. The same seed and file give the same order.
 *
 * @throws `dataset-invalid` where the records would be told apart differently in another order
 */
export function shuffleDataset(dataset: DatasetText, seed: number): Shuffled {
  const { items, pieces } = dataset;
  const random = new Random(seed, "shuffle of a file");
  const splits = new Map<string | undefined, Item[]>();
  for (const item of items) {
    const { split } = item.piece;
    if (!item.record) continue;
    const places = splits.get(split);
    if (places) places.push(item);
    else splits.set(split, [item]);
  }
  const moved = new Map<Item, Item>();
  for (const places of splits.values()) {
    const order = random.shuffle([...places]);
    for (const [i, place] of places.entries()) moved.set(place, order[i]!);
  }
  const placeAt = new Map(items.map((item) => [item.at, item]));
  const put = (place: Item) => moved.get(place) ?? place;
  const text = pieces
    .map(({ text: whole, start, end }, at) => {
      const place = placeAt.get(at);
      return place ? whole.slice(0, start) + put(place).source + whole.slice(end) : whole;
    })
    .join("");
  requireItems(text, dataset, items.map(put));
  return {
    text,
    rows: items.length,
    unmoved: items.filter(({ record }) => !record).map(({ line }) => line),
  };
}
