/**
 * S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979) 65–70.
 *
 * p-values adjusted so that the chance of any false finding among them stays under the level each is compared with:
 * in rising order, the i-th of m (from 0) becomes max(previous, min(1, (m − i) · p)). The order of `p` is kept.
 */
export function holm(p: readonly number[]): number[] {
  const rising = p.map((_, index) => index).sort((a, b) => p[a]! - p[b]!);
  const adjusted = new Array<number>(p.length);
  let previous = 0;
  rising.forEach((index, i) => {
    previous = Math.max(previous, Math.min(1, (p.length - i) * p[index]!));
    adjusted[index] = previous;
  });
  return adjusted;
}
