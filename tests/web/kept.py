"""What a browser has kept on its device, all of it."""

import json
from typing import Any

from playwright.sync_api import Page

Row = dict[str, Any]
DUMP = """
async () => {
  const settled = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const kept = { local: { ...localStorage }, session: { ...sessionStorage }, shelves: {} };
  for (const { name } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      kept[store] = await settled(database.transaction(store).objectStore(store).getAll());
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const shelf = await caches.open(name);
    for (const request of await shelf.keys()) {
      kept.shelves[request.url] = await (await shelf.match(request)).text();
    }
  }
  return kept;
}
"""


def dump(page: Page) -> Row:
    """Stores of the database by name, `local` and `session` storage, and `shelves` of the cache."""
    kept: Row = page.evaluate(DUMP)
    return kept


def holds(kept: Row, word: str) -> bool:
    """Whether a word stands anywhere in it."""
    return word in json.dumps(kept, ensure_ascii=False)


def names(kept: Row, store: str) -> set[str]:
    """What lies in a store, by name."""
    return {row["name"] for row in kept.get(store, [])}
