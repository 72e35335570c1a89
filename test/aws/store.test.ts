import { describe } from "vitest";
import { openDynamoDb } from "../../local/tables.ts";
import { openMemory } from "../sim/memory.ts";
import { type OpenedStore, storeContract } from "./store-contract.ts";
import { tablesContract } from "./tables-contract.ts";

describe("the store in the simulator's memory", () => {
  const { store, history } = openMemory();
  const opened: OpenedStore = {
    store,
    history: async (of) =>
      [...history.values()]
        .filter(({ subject }) => subject === of)
        .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  };
  storeContract(() => opened);
});

tablesContract("dynalite", openDynamoDb);
