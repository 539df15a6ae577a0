/** Lists of HPAs: one for all namespaces where it is whole, else one for each. */
import { expect, it } from "vitest";
import { hpaLists } from "../../job/adapters/kubernetes-hpas.ts";

const hpa = (namespace: string, name: string) => ({ metadata: { namespace, name } });
const ALL = "/apis/autoscaling/v2/horizontalpodautoscalers";

/** Lists where all HPAs can or cannot be read to their end, and one HPA is in the namespace `shop`. */
function listsOf(whole: boolean) {
  const asked: string[] = [];
  const lists = hpaLists(async ({ path }, pick) => {
    asked.push(path);
    if (path === ALL && !whole) return undefined;
    return [hpa("other", "web"), hpa("shop", "late")]
      .filter(({ metadata }) => path === ALL || path.includes(metadata.namespace))
      .map(pick);
  });
  return { lists, asked };
}

it.each([true, false])("asks for a namespace only where the list of all is not whole: %s", async (whole) => {
  const { lists, asked } = listsOf(whole);
  await lists.readAll();
  expect((await lists.of("shop"))?.map(({ metadata }) => metadata?.name)).toEqual(["late"]);
  expect(asked).toEqual(whole ? [ALL] : [ALL, "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers"]);
});
