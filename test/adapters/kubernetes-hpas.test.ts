/** Lists of HPAs: one for all namespaces where it is whole, else one for each. */
import { expect, it } from "vitest";
import { hpaLists } from "../../job/adapters/kubernetes-hpas.ts";

const hpa = (namespace: string, name: string) => ({ metadata: { namespace, name } });
const ALL = "/apis/autoscaling/v2/horizontalpodautoscalers";

/** Lists over a server that has this many pages of all HPAs, and one HPA in the namespace `shop`. */
function listsOf(pages: number) {
  const asked: string[] = [];
  const lists = hpaLists(async (path) => {
    asked.push(path.split("?")[0]!);
    if (!path.startsWith(ALL)) return { items: [hpa("shop", "late")] };
    const at = Number(/continue=(\d+)/.exec(path)?.[1] ?? 0);
    const items = at === pages - 1 ? [hpa("shop", "late")] : [hpa("other", `web-${at}`)];
    return { items, metadata: at === pages - 1 ? {} : { continue: `${at + 1}` } };
  });
  return { lists, asked };
}

it.each([
  [1, false],
  [50, false],
  [51, true],
  [1000, true],
])("finds the last HPA of %i pages; asks for its namespace besides: %s", async (pages, besides) => {
  const { lists, asked } = listsOf(pages);
  await lists.readAll();
  expect((await lists.of("shop"))?.map(({ metadata }) => metadata?.name)).toEqual(["late"]);
  expect(asked).toHaveLength(Math.min(50, pages) + Number(besides));
});
